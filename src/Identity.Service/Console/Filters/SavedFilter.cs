namespace Culvert.Identity.Service.Console.Filters;

/// <summary>A filter that a person keeps. Public, because the compiler makes pages public.</summary>
/// <param name="Name">As the person calls it.</param>
/// <param name="Query">As in the address of the page.</param>
public sealed record SavedFilter(string Name, string Query);
