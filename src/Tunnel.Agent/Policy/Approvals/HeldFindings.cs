using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>
/// The findings that wait for a person, in memory only: a call that is repeated after a restart of the agent is made again.
/// </summary>
internal sealed class HeldFindings(TimeProvider time)
{
    /// <summary>The most findings of all callers together.</summary>
    internal const int MaxCount = 256;

    internal const long MaxBytes = BodyBudget.DefaultBytes;

    // A short finding counts as this many bytes, so that the budget bounds the number of findings too, each caller's share of it.
    private const long LeastBytes = MaxBytes / MaxCount;

    private readonly BodyBudget budget = new(MaxBytes);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal); // guarded by the gate

    /// <returns>Null if no finding waits for the call, or no longer.</returns>
    public HeldFinding? Find(string key)
    {
        lock (gate)
        {
            RemoveExpired_NeedsLock();
            return entries.GetValueOrDefault(key)?.Finding;
        }
    }

    /// <summary>Holds a finding, unless one of the same call waits already.</summary>
    /// <param name="token">The finding is removed when a feed refuses the token; null on routes without one.</param>
    /// <returns>The finding that waits; null if there is no room.</returns>
    public HeldFinding? Add(string key, ClientKey owner, HeldFinding finding, CallerToken? token)
    {
        var bytes = Math.Max(finding.Length, LeastBytes);
        lock (gate)
        {
            RemoveExpired_NeedsLock();
            if (entries.TryGetValue(key, out var waiting))
            {
                return waiting.Finding;
            }

            if (!budget.TryReserve(owner, bytes))
            {
                return null;
            }

            var entry = new Entry(this, key, finding, owner, bytes, time.GetUtcNow() + finding.Approval.Expires, token);
            entries.Add(key, entry);
            // This removes the entry again if the newest feed refuses the token.
            token?.Live.Add(entry, token.Value, token.Known);
            return finding;
        }
    }

    /// <returns>False if the finding no longer waits, so that it must not cross.</returns>
    public bool Remove(string key, HeldFinding finding)
    {
        lock (gate)
        {
            RemoveExpired_NeedsLock();
            return entries.TryGetValue(key, out var entry)
                && ReferenceEquals(entry.Finding, finding)
                && Remove_NeedsLock(key, entry);
        }
    }

    private void RemoveExpired_NeedsLock()
    {
        var now = time.GetUtcNow();
        foreach (var (key, entry) in entries)
        {
            if (entry.ExpiresAt <= now)
            {
                Remove_NeedsLock(key, entry);
            }
        }
    }

    private bool Remove_NeedsLock(string key, Entry entry)
    {
        budget.Return(entry.Owner, entry.Bytes);
        entry.Token?.Live.Remove(entry);
        return entries.Remove(key);
    }

    private sealed class Entry(
        HeldFindings all,
        string key,
        HeldFinding finding,
        ClientKey owner,
        long bytes,
        DateTimeOffset expiresAt,
        CallerToken? token
    ) : IRevocable
    {
        public void Revoke() => all.Remove(key, finding);

        public CallerToken? Token => token;

        public HeldFinding Finding => finding;

        public ClientKey Owner => owner;

        public long Bytes => bytes;

        public DateTimeOffset ExpiresAt => expiresAt;
    }
}
