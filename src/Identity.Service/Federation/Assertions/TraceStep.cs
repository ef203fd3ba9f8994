using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>
/// One step of an evaluation, as a trace contains it: its result and what it read, set by the checks of the step. Never
/// contains a secret or a whole token.
/// </summary>
internal sealed class TraceStep(string name)
{
    [JsonPropertyName("s")]
    public string Name => name;

    [JsonPropertyName("ok")]
    public bool Holds { get; private set; } = true;

    /// <summary>Not checked: there are claims, but no token to verify.</summary>
    [JsonPropertyName("assumed")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsAssumed { get; private set; }

    /// <summary><c>recorded</c>: it was checked in the exchange, and is not checked again.</summary>
    public string? As { get; private set; }

    public string? Rule { get; set; }

    public int? Ver { get; set; }

    public string? Typ { get; set; }

    public string? Issuer { get; set; }

    /// <summary>The token's own value.</summary>
    public string? Got { get; set; }

    public string? Kid { get; set; }

    public string? Alg { get; set; }

    /// <summary>Seconds from <c>iat</c> to <c>exp</c>.</summary>
    [JsonPropertyName("life_s")]
    public long? LifeSeconds { get; set; }

    /// <summary>Seconds since <c>iat</c>.</summary>
    [JsonPropertyName("age_s")]
    public long? AgeSeconds { get; set; }

    public string? Mode { get; set; }

    public string? ServiceAccount { get; set; }

    public string? Workspace { get; set; }

    public string? RuleScope { get; set; }

    public string? Scope { get; set; }

    /// <summary>The person's groups in the directory, for rules that read them; null if there is no such user.</summary>
    public IReadOnlyList<string>? Groups { get; set; }

    /// <summary>The denial's detail, if this step failed.</summary>
    public string? Detail { get; private set; }

    [JsonPropertyName("conds")]
    public List<TraceCondition>? Conditions { get; private set; }

    /// <param name="wasProved">It was checked in the exchange, and is not checked again.</param>
    public void Assume(bool wasProved)
    {
        IsAssumed = !wasProved;
        As = wasProved ? "recorded" : null;
    }

    public void Fail(string? detail)
    {
        Holds = false;
        Detail = detail;
    }

    public void Add(TraceCondition condition) => (Conditions ??= []).Add(condition);
}
