namespace Culvert.Machine.Client.Calls;

/// <summary>One request to the service.</summary>
internal sealed record ApiCall(HttpMethod Method, string Path)
{
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>An access token or the tunnel token.</summary>
    public Proof? Proof { get; init; }

    /// <summary>The key that the request proves; a bound access token brings its own.</summary>
    public BindingKey? Binding
    {
        get => field ?? Proof?.Binding;
        init;
    }

    /// <summary>Makes repeats of the request one with it, for calls that issue something; null for the others.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Other secrets in the body, for the redaction of whatever comes back.</summary>
    public string? Secret { get; init; }

    /// <summary>Headers that only this service knows.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>From the connection's start to the answer's last byte.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public int MaxAnswerBytes { get; init; } = 1024 * 1024;

    /// <summary>Shows a proof; an assertion is in the body already.</summary>
    public ApiCall Prove(Proof proof) =>
        proof.IsAssertion ? this with { Secret = proof.Token, Binding = proof.Binding } : this with { Proof = proof };

    public string Name => $"{Method} {Path.Split('?')[0]}";

    public override string ToString() => Name;
}
