using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Jose.Json;
using Culvert.Jose.Refusals;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Reads the JSON body of RFC 7523's grant in one pass: known members only, each at most once, each a string. The
/// assertion is not copied out of the body, because it is the largest part and is needed as bytes.
/// </summary>
internal static class ExchangeRequestReader
{
    /// <summary>An assertion of 16 KiB and space for the other members.</summary>
    public const int MaxBodyBytes = JoseLimits.MaxTokenBytes + 4096;

    // In the order of their bits below.
    private static readonly string[] Members =
    [
        "grant_type",
        "assertion",
        "federation_rule_id",
        "organization_id",
        "service_account_id",
        "workspace_id",
    ];

    /// <summary>The result refers to the memory of the body.</summary>
    public static Result<ExchangeRequest> Read(RentedBytes rented, ApiRequest request)
    {
        var body = rented.Memory;
        if (!Utf8.IsValid(body.Span))
        {
            return RequestErrors.Invalid.Refuse("body: not UTF-8.");
        }

        ReadOnlyMemory<byte> assertion = default;
        var values = default(Texts);
        Span<string?> texts = values;
        try
        {
            if (ReadMembers(body, texts, ref assertion) is { } error)
            {
                return RequestErrors.Invalid.Refuse(error);
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The reader throws InvalidOperationException for half of a surrogate pair in an escaped string.
            return RequestErrors.Invalid.Refuse("body: not valid JSON.");
        }

        if (CheckMembers(texts, assertion.Length) is { } problem)
        {
            return RequestErrors.Invalid.Refuse(problem);
        }

        return new ExchangeRequest
        {
            Assertion = assertion,
            Room = rented.Room,
            RuleId = texts[2]!,
            OrganizationId = texts[3]!,
            ServiceAccountId = texts[4],
            WorkspaceId = texts[5],
            RequestId = request.RequestId,
            Source = request.Source,
            UserAgent = request.UserAgent,
        };
    }

    /// <summary>Reads the members that a request for a certificate has in addition to its signing request.</summary>
    public static Result<ExchangeRequest> Read(AssertedRequest body, ApiRequest request)
    {
        var assertion = Encoding.UTF8.GetBytes(body.Assertion ?? "");
        return
            CheckMembers(
                assertion.Length,
                body.FederationRuleId,
                body.OrganizationId,
                body.ServiceAccountId,
                body.WorkspaceId
            )
                is { } problem
            ? RequestErrors.Invalid.Refuse(problem)
            : new ExchangeRequest
            {
                Form = ExchangeForm.Certificate,
                Assertion = assertion,
                RuleId = body.FederationRuleId!,
                OrganizationId = body.OrganizationId,
                ServiceAccountId = body.ServiceAccountId,
                WorkspaceId = body.WorkspaceId,
                RequestId = request.RequestId,
                Source = request.Source,
                UserAgent = request.UserAgent,
            };
    }

    private static string? ReadMembers(
        ReadOnlyMemory<byte> body,
        Span<string?> texts,
        ref ReadOnlyMemory<byte> assertion
    )
    {
        body = Utf8Text.WithoutMark(body);
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 2 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "body: a JSON object is required.";
        }

        var seen = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = FindMember(ref reader);
            if (index < 0)
            {
                return $"{Bounded(reader.GetString()!)}: is not a known member.";
            }

            if ((seen & (1 << index)) != 0)
            {
                return $"{Members[index]}: appears twice.";
            }

            seen |= 1 << index;
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && index >= 4)
            {
                continue; // optional members may be null
            }

            if (reader.TokenType != JsonTokenType.String)
            {
                return $"{Members[index]}: a string is required.";
            }

            if (index == 1)
            {
                assertion = ReadAssertion(ref reader, body);
            }
            else
            {
                // Most requests have the only allowed value: no string is allocated for it.
                texts[index] =
                    index == 0 && reader.ValueTextEquals(MetadataEndpoints.JwtBearer)
                        ? MetadataEndpoints.JwtBearer
                        : reader.GetString();
            }
        }

        // The reader throws on anything but white space after the closing brace.
        reader.Read();
        return null;
    }

    private static ReadOnlyMemory<byte> ReadAssertion(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        if (!reader.ValueIsEscaped)
        {
            return body.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }

        var unescaped = new byte[reader.ValueSpan.Length];
        var written = reader.CopyString(unescaped);
        return unescaped.AsMemory(0, written);
    }

    private static string? CheckMembers(ReadOnlySpan<string?> texts, int assertionLength)
    {
        if (texts[0] is null)
        {
            return "grant_type: required.";
        }

        if (texts[0] != MetadataEndpoints.JwtBearer)
        {
            return $"grant_type: {MetadataEndpoints.JwtBearer} is required.";
        }

        return CheckMembers(assertionLength, texts[2], texts[3], texts[4], texts[5]);
    }

    private static string? CheckMembers(
        int assertionLength,
        string? rule,
        string? organization,
        string? account,
        string? workspace
    )
    {
        if (assertionLength == 0)
        {
            return "assertion: required.";
        }

        if (assertionLength > JoseLimits.MaxTokenBytes)
        {
            return $"assertion: longer than {JoseLimits.MaxTokenBytes} bytes.";
        }

        if (!RuleId.TryParse(rule, out _))
        {
            return rule is null
                ? "federation_rule_id: required."
                : "federation_rule_id is not a well-formed fdrl_ tagged ID";
        }

        if (organization is null || !Guid.TryParseExact(organization, "D", out _))
        {
            return organization is null ? "organization_id: required." : "organization_id is not a UUID";
        }

        if (account is not null && !ServiceAccountId.TryParse(account, out _))
        {
            return "service_account_id is not a well-formed svac_ tagged ID";
        }

        return workspace is not (null or ExchangeRequest.DefaultWorkspace) && !WorkspaceId.TryParse(workspace, out _)
            ? "workspace_id is neither a well-formed wrkspc_ tagged ID nor default"
            : null;
    }

    private static int FindMember(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < Members.Length; i++)
        {
            if (reader.ValueTextEquals(Members[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static string Bounded(string name) => name.Length > 64 ? name[..64] : name;

    [InlineArray(6)]
    private struct Texts
    {
        private string? first;
    }
}
