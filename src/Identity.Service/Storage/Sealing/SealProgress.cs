namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>The progress of a rotation in one column.</summary>
/// <param name="Resealed">The number of values sealed again.</param>
/// <param name="Current">The number of values already sealed with the writing version.</param>
/// <param name="Changed">The number of values that another writer changed meanwhile; the next run reads them again.</param>
internal sealed record SealProgress(SealedColumn Column, int Resealed, int Current, int Changed);
