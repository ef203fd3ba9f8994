namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <param name="Holds">Null if the condition could not be evaluated.</param>
/// <param name="Error">Why not; names claims and types, never values.</param>
internal readonly record struct CelResult(bool? Holds, string? Error, int Steps);
