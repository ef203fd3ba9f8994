namespace Culvert.Identity.Service.Backup;

/// <summary>The operator's input about the time between the backup and now.</summary>
/// <param name="Exports">Audit exports made after the backup.</param>
/// <param name="Lists">Revocation lists, PEM or DER, published after it.</param>
/// <param name="NothingLater">The operator declares that nothing changed after the backup; the audit records it.</param>
internal sealed record RestoreChoice(IReadOnlyList<string> Exports, IReadOnlyList<string> Lists, bool NothingLater);
