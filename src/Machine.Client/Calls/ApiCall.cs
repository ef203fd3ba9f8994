namespace Culvert.Machine.Client.Calls;

internal sealed record ApiCall(HttpMethod Method, string Path)
{
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>An access token or the tunnel token.</summary>
    public Proof? Proof { get; init; }

    /// <summary>The key whose proof the request carries; a bound access token brings its own.</summary>
    public BindingKey? Binding
    {
        get => field ?? Proof?.Binding;
        init;
    }

    /// <summary>Makes repeats of a request that issues something idempotent; null for other calls.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Other secrets in the body, to redact from the answer.</summary>
    public string? Secret { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>From the start of the connection to the last byte of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public int MaxAnswerBytes { get; init; } = 1024 * 1024;

    /// <summary>Adds the proof; an assertion is already in the body.</summary>
    public ApiCall Prove(Proof proof) =>
        proof.IsAssertion ? this with { Secret = proof.Token, Binding = proof.Binding } : this with { Proof = proof };

    public string Name => $"{Method} {Path.Split('?')[0]}";

    public override string ToString() => Name;
}
