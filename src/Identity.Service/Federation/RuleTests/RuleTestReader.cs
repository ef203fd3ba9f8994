using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Federation.RuleTests;

/// <summary>Checks whether tests can be stored: limited in number and size, with unique names and valid content.</summary>
internal static class RuleTestReader
{
    public const int MaxTests = 32;
    public const int MaxNameLength = 128;

    /// <summary>Bytes of one claim set: as large as a token may be.</summary>
    public const int MaxClaimsLength = 16 * 1024;

    private static readonly HashSet<string> Reasons =
    [
        .. Enum.GetValues<DenialReason>().Select(reason => reason.Name()),
    ];

    public static Refusal? Check(IReadOnlyList<RuleTest> tests)
    {
        if (tests.Count > MaxTests)
        {
            return RequestErrors.Invalid.Refuse($"tests: at most {MaxTests}.");
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var test in tests)
        {
            if (test is null || test.Name.Length is 0 or > MaxNameLength || test.Name.Any(ConfigText.IsUnprintable))
            {
                return RequestErrors.Invalid.Refuse($"tests: a name of 1 to {MaxNameLength} characters is required.");
            }

            if (!names.Add(test.Name))
            {
                return RequestErrors.Invalid.Refuse($"tests.{test.Name}: two tests have this name.");
            }

            if (CheckOne(test) is { } error)
            {
                return RequestErrors.Invalid.Refuse($"tests.{test.Name}: {error}");
            }
        }

        return null;
    }

    private static string? CheckOne(RuleTest test)
    {
        if (test.Claims.ValueKind != JsonValueKind.Object || test.Claims.GetRawText().Length > MaxClaimsLength)
        {
            return "claims: an object of at most 16 KiB is required.";
        }

        if (test.Directory?.Check() is { } badDirectory)
        {
            return badDirectory;
        }

        return test switch
        {
            { Expect: RuleTest.Allow, Reason: not null } => "reason: only with expect deny.",
            { Expect: RuleTest.Allow } => null,
            { Expect: not RuleTest.Deny } => "expect: allow or deny is required.",
            { Reason: { } reason } when !Reasons.Contains(reason) => $"reason: {reason} is not a reason for a denial.",
            _ => null,
        };
    }
}
