using System.Collections.Frozen;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The keys of <c>certificates.blocked_keys_file</c>. The file is read again when it changed; one that cannot be read
/// leaves the last list in force, is logged and tried again.
/// </summary>
internal sealed class BlockedKeys(CertificateOptions options, TimeProvider time, ILogger<BlockedKeys> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly string file = options.BlockedKeysFile;
    private readonly Lock gate = new();

    private FrozenSet<string> keys = FrozenSet<string>.Empty;
    private DateTime written;
    private long looked;

    /// <param name="spkiSha256">Lower-case hex.</param>
    public bool Contains(string spkiSha256)
    {
        if (file.Length == 0)
        {
            return false;
        }

        var now = time.GetTimestamp();
        var last = Volatile.Read(ref looked);
        if (last == 0 || time.GetElapsedTime(last, now) >= LookEvery)
        {
            Refresh(now);
        }

        return Volatile.Read(ref keys).Contains(spkiSha256);
    }

    private void Refresh(long now)
    {
        lock (gate)
        {
            Volatile.Write(ref looked, Math.Max(now, 1));
            var changed = File.GetLastWriteTimeUtc(file);
            if (changed == written)
            {
                return;
            }

            if (BlockedKeyList.TryRead(file, out var read, out var error))
            {
                Volatile.Write(ref keys, read);
                written = changed;
            }
            else
            {
                Log.BlockedKeysUnreadable(logger, file, error);
            }
        }
    }
}
