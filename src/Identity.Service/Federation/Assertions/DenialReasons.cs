using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Assertions;

/// <summary>The reasons' stable spelling in history and audit: snake case.</summary>
internal static class DenialReasons
{
    private static readonly string[] Names =
    [
        .. Enum.GetValues<DenialReason>()
            .Select(reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())),
    ];

    public static string Name(this DenialReason reason) => Names[(int)reason];
}
