namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>What a version in audit would have decided; recorded with the decision, without effect on it.</summary>
/// <param name="Denial">Null if it would have granted.</param>
internal sealed record CandidateTrial(int Version, Denial? Denial);
