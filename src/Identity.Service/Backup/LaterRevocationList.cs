using Culvert.Ca.Revocation;

namespace Culvert.Identity.Service.Backup;

/// <summary>A revocation list that was published after the backup, proven to be of one of its authorities.</summary>
internal sealed record LaterRevocationList(string File, string CaId, ParsedRevocationList List);
