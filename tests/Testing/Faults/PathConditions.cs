namespace Culvert.Testing.Faults;

/// <summary>What a path does to the bytes of one direction. The default passes them on as they come.</summary>
public sealed record PathConditions
{
    public static readonly PathConditions Clear = new();

    /// <summary>Bytes and closes vanish without an error: a cable that was cut, not a peer that refuses.</summary>
    public bool Drops { get; init; }

    /// <summary>How long every byte is under way.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>How many of 1,000 segments are lost. TCP sends them again: all behind them waits for <see cref="Resend"/>.</summary>
    public int LostPerThousand { get; init; }

    /// <summary>What a lost segment costs; 200 ms is the least that Linux waits.</summary>
    public TimeSpan Resend { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Bytes that pass in a second; 0 = no limit.</summary>
    public int BytesPerSecond { get; init; }
}
