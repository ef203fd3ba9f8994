using System.Collections.Frozen;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Secrets;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The keys of <c>certificates.blocked_keys_file</c>. A changed file is read again; while it cannot be read, the
/// previous list stays in force, and the service logs and retries.
/// </summary>
internal sealed class BlockedKeys(Current<CertificateOptions> options, TimeProvider time, ILogger<BlockedKeys> logger)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();

    private FrozenSet<string> keys = FrozenSet<string>.Empty;
    private (string File, DateTimeOffset? Written) read; // guarded by gate
    private string file = ""; // the file that was checked last
    private long checkedAt;

    /// <param name="spkiSha256">Lower-case hex.</param>
    public bool Contains(string spkiSha256)
    {
        var wanted = options.Value.BlockedKeysFile;
        if (wanted.Length == 0)
        {
            return false;
        }

        var now = time.GetTimestamp();
        var last = Volatile.Read(ref checkedAt);
        if (wanted != Volatile.Read(ref file) || time.GetElapsedTime(last, now) >= CheckInterval)
        {
            Refresh(wanted, now);
        }

        return Volatile.Read(ref keys).Contains(spkiSha256);
    }

    private void Refresh(string wanted, long now)
    {
        lock (gate)
        {
            Volatile.Write(ref checkedAt, now);
            var found = (wanted, LinkedFile.FindWriteTime(wanted));
            if (found != read)
            {
                if (BlockedKeyList.TryRead(wanted, out var list, out var error))
                {
                    Volatile.Write(ref keys, list);
                    read = found;
                }
                else
                {
                    Log.BlockedKeysUnreadable(logger, wanted, error);
                }
            }

            // Written last: a caller that sees the new name also sees the new keys.
            Volatile.Write(ref file, wanted);
        }
    }
}
