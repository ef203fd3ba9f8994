namespace Culvert.Identity.Service.Federation;

/// <summary>A record with its place in the list that it is read from.</summary>
internal readonly record struct Numbered<T>(long Ordinal, T Value);
