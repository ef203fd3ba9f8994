using System.Collections.Frozen;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>
/// The keys of <c>certificates.blocked_keys_file</c>. The file is read again when it changed; one that cannot be read
/// leaves the last list in force, is logged and tried again. So does another file of the same key.
/// </summary>
internal sealed class BlockedKeys(Current<CertificateOptions> options, TimeProvider time, ILogger<BlockedKeys> logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();

    private FrozenSet<string> keys = FrozenSet<string>.Empty;
    private (string File, DateTime Written) read; // guarded by gate
    private string file = ""; // the one that was checked last
    private long looked;

    /// <param name="spkiSha256">Lower-case hex.</param>
    public bool Contains(string spkiSha256)
    {
        var wanted = options.Value.BlockedKeysFile;
        if (wanted.Length == 0)
        {
            return false;
        }

        var now = time.GetTimestamp();
        var last = Volatile.Read(ref looked);
        if (wanted != Volatile.Read(ref file) || time.GetElapsedTime(last, now) >= LookEvery)
        {
            Refresh(wanted, now);
        }

        return Volatile.Read(ref keys).Contains(spkiSha256);
    }

    private void Refresh(string wanted, long now)
    {
        lock (gate)
        {
            Volatile.Write(ref looked, now);
            var found = (wanted, File.GetLastWriteTimeUtc(wanted));
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

            // Last: a caller that finds the name finds the keys, too.
            Volatile.Write(ref file, wanted);
        }
    }
}
