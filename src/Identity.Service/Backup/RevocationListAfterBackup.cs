using Culvert.Ca.Revocation;

namespace Culvert.Identity.Service.Backup;

/// <summary>A revocation list published after the backup, verified as one of its authorities' lists.</summary>
internal sealed record RevocationListAfterBackup(string File, string CaId, ParsedRevocationList List);
