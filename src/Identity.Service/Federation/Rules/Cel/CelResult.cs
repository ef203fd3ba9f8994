namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <param name="Holds">Null = it could not be evaluated.</param>
/// <param name="Fault">Why not; names claims and types, never values.</param>
/// <param name="Steps">What it cost.</param>
internal readonly record struct CelResult(bool? Holds, string? Fault, int Steps);
