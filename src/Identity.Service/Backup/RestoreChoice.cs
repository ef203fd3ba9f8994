namespace Culvert.Identity.Service.Backup;

/// <summary>What the operator says about the time between the backup and now.</summary>
/// <param name="Exports">Audit exports that were made after the backup.</param>
/// <param name="Lists">Revocation lists, PEM or DER, that were published after it.</param>
/// <param name="NothingLater">There was no change after the backup: on the operator's word, which the audit keeps.</param>
internal sealed record RestoreChoice(IReadOnlyList<string> Exports, IReadOnlyList<string> Lists, bool NothingLater);
