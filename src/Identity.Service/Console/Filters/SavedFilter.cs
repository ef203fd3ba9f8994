namespace Culvert.Identity.Service.Console.Filters;

/// <summary>A saved filter. Public, because the compiler makes pages public.</summary>
public sealed record SavedFilter(string Name, string Query);
