namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>How far a rotation is with one column.</summary>
/// <param name="Column">Which one.</param>
/// <param name="Resealed">Values that it has sealed again.</param>
/// <param name="Current">Values that were sealed with the writing version already.</param>
/// <param name="Changed">Values that another writer changed meanwhile; the next run reads them again.</param>
internal sealed record SealProgress(SealedColumn Column, int Resealed, int Current, int Changed);
