namespace Culvert.Identity.Service.Console.Shared;

/// <summary>One time of a <see cref="BarChart"/>.</summary>
/// <param name="Name">Names the time.</param>
/// <param name="Tick">The same below the axis, short.</param>
/// <param name="Count">What the bar shows.</param>
/// <param name="Marked">How much of it is drawn in the colour of warnings.</param>
internal readonly record struct Bar(string Name, string Tick, long Count, long Marked = 0);
