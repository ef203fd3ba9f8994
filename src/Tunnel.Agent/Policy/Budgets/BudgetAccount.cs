namespace Culvert.Tunnel.Agent.Policy.Budgets;

/// <summary>The charges of one account, by the time at which they expire. Guarded by the lock of its ledger.</summary>
internal sealed class BudgetAccount
{
    // Has few entries: charges that expire within one step of the window share an entry.
    private readonly SortedList<long, Amount> charges = [];

    public bool IsEmpty => charges.Count == 0;

    public IEnumerable<KeyValuePair<long, Amount>> Charges => charges;

    public Amount GetSum()
    {
        var sum = default(Amount);
        foreach (var amount in charges.Values)
        {
            sum += amount;
        }

        return sum;
    }

    public void Add(long endsAtMs, Amount amount) => charges[endsAtMs] = charges.GetValueOrDefault(endsAtMs) + amount;

    /// <summary>Reverses a charge. A charge that has expired is ignored.</summary>
    public void Remove(long endsAtMs, Amount amount)
    {
        if (charges.TryGetValue(endsAtMs, out var charged) && !(amount > charged))
        {
            charges[endsAtMs] = charged - amount;
            if (charges[endsAtMs].Units == 0)
            {
                charges.Remove(endsAtMs);
            }
        }
    }

    public void Expire(long nowMs)
    {
        while (charges.Count > 0 && charges.GetKeyAtIndex(0) <= nowMs)
        {
            charges.RemoveAt(0);
        }
    }

    /// <summary>When an amount fits under a limit if nothing more is charged; null for never.</summary>
    public long? FindRoom(Amount amount, Amount limit)
    {
        if (amount > limit)
        {
            return null;
        }

        var sum = GetSum();
        foreach (var (endsAtMs, charged) in charges)
        {
            sum -= charged;
            if (!(sum + amount > limit))
            {
                return endsAtMs;
            }
        }

        return null;
    }
}
