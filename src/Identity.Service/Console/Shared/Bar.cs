namespace Culvert.Identity.Service.Console.Shared;

/// <param name="Name">The complete time.</param>
/// <param name="Tick">The short time below the axis.</param>
/// <param name="Marked">The part drawn in the warning colour.</param>
internal readonly record struct Bar(string Name, string Tick, long Count, long Marked = 0);
