using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Federation.Presets;

/// <summary>How well a claim identifies a workload in a rule.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ClaimKind>))]
internal enum ClaimKind
{
    /// <summary>Identifies one thing permanently.</summary>
    [JsonStringEnumMemberName("id")]
    Id,

    /// <summary>A name, which another owner may get later.</summary>
    [JsonStringEnumMemberName("name")]
    Name,

    /// <summary>Circumstances: branch, environment, trigger.</summary>
    [JsonStringEnumMemberName("context")]
    Context,

    /// <summary>Chosen by the caller: never sufficient alone.</summary>
    [JsonStringEnumMemberName("caller_chosen")]
    CallerChosen,
}
