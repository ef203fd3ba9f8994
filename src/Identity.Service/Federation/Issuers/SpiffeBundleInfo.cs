namespace Culvert.Identity.Service.Federation.Issuers;

/// <param name="Sequence">Grows with every change of the bundle; null if the bundle has none.</param>
/// <param name="RefreshHintSeconds">How often its owner wants it to be fetched; null if the bundle has none.</param>
internal readonly record struct SpiffeBundleInfo(long? Sequence, long? RefreshHintSeconds);
