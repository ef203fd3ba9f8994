namespace Culvert.Identity.Service.Console.Filters;

/// <summary>A saved filter. Public, because the compiler makes pages public.</summary>
/// <param name="Name">The person's name for it.</param>
/// <param name="Query">As in the address of the page.</param>
public sealed record SavedFilter(string Name, string Query);
