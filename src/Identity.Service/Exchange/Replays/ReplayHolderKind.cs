using System.Text.Json.Serialization;

namespace Culvert.Identity.Service.Exchange.Replays;

/// <summary>What ties an assertion to its first user. Stored: values never change.</summary>
internal enum ReplayHolderKind : byte
{
    /// <summary>Nothing is proven; the client's address identifies it.</summary>
    Address = 0,

    [JsonStringEnumMemberName("dpop")]
    DpopKey = 1,

    Certificate = 2,
}
