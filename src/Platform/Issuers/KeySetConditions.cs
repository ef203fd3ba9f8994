namespace Culvert.Platform.Issuers;

/// <summary>
/// What an issuer's key cache depends on besides its own state: the time, the settings, and what an operator killed and
/// paused. Read again for each event, so that a kill is in force at once.
/// </summary>
public readonly struct KeySetConditions
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>Whether the keys are fetched or read from a file, and the issuer is not archived.</summary>
    public required bool IsFetched { get; init; }

    /// <summary>The longest time of a fetch.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The time between two polls where the source does not state a lifetime.</summary>
    public required TimeSpan Refresh { get; init; }

    /// <summary>The shortest time between the starts of two fetches that callers cause.</summary>
    public required TimeSpan MinRefresh { get; init; }

    public required TimeSpan StaleOk { get; init; }

    public required TimeSpan HardExpiry { get; init; }

    /// <summary>The longest time between two polls.</summary>
    public TimeSpan? MaxRefresh { get; init; }

    /// <summary>The time between two polls of a file, whatever happened; null for other sources.</summary>
    public TimeSpan? FileInterval { get; init; }

    /// <summary>After this many consecutive failures polling is paused; null = never.</summary>
    public int? PauseAfter { get; init; }

    /// <summary>Whether a token without a <c>kid</c> may find the only key.</summary>
    public bool AllowsMissingKid { get; init; }

    /// <summary>Whether an invalid signature under a known <c>kid</c> may cause a fetch, as rarely as an unknown one.</summary>
    public bool RefetchesOnBadSignature { get; init; }

    /// <summary>Whether polling is paused, on every node.</summary>
    public bool IsPaused { get; init; }

    /// <summary>What an administrator killed; null if nothing.</summary>
    public IssuerKill? Kill { get; init; }

    /// <summary>Whether a committed kill may be missing from <see cref="Kill"/>.</summary>
    public bool IsKillUnknown { get; init; }

    public bool MayFetch => IsFetched && Kill is not { Issuer: true };

    /// <summary>How long confirmed keys are fresh.</summary>
    /// <param name="said">What the source states; null if nothing.</param>
    public TimeSpan FreshFor(TimeSpan? said)
    {
        var asked = FileInterval ?? KeySchedule.FreshFor(said, Refresh);
        return asked > MaxRefresh ? MaxRefresh.Value : asked;
    }
}
