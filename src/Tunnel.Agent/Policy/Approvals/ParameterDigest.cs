using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>
/// A digest of a call's parameters, without the progress token and the trace context in <c>_meta</c>, which differ each
/// time. Two parameter objects have the same digest exactly if every reader finds the same values in them (RFC 8785,
/// with all digits of numbers).
/// </summary>
internal static class ParameterDigest
{
    private const string Meta = "_meta";

    private static readonly string[] Excluded = ["progressToken", "traceparent", "tracestate", "baggage"];
    private static readonly string[] ExcludedPaths = [.. Excluded.Select(name => $"/{Meta}/{name}")];

    public static string Compute(JsonElement parameters)
    {
        if (parameters.ValueKind == JsonValueKind.Undefined)
        {
            return "";
        }

        // Metadata with only excluded members counts as no metadata.
        var hasMeta = HasMeta(parameters);
        try
        {
            return "jcs:"
                + CanonicalJson.Digest(
                    parameters,
                    path => hasMeta ? ExcludedPaths.Contains(path, StringComparer.Ordinal) : path == $"/{Meta}",
                    NumberForm.Exact
                );
        }
        catch (FormatException)
        {
            // Readers may find different values in it, so the digest covers the bytes as written.
        }

        return "raw:" + HashAsWritten(parameters, hasMeta);
    }

    private static bool HasMeta(JsonElement parameters) =>
        parameters.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty(Meta, out var meta)
        && (meta.ValueKind != JsonValueKind.Object || meta.EnumerateObject().Any(IsIncluded));

    private static bool IsIncluded(JsonProperty member) => !Excluded.Contains(member.Name, StringComparer.Ordinal);

    private static string HashAsWritten(JsonElement parameters, bool hasMeta)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (parameters.ValueKind != JsonValueKind.Object)
        {
            hash.AppendData(JsonMarshal.GetRawUtf8Value(parameters));
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }

        foreach (var member in parameters.EnumerateObject())
        {
            if (!member.NameEquals(Meta))
            {
                Append(hash, member);
            }
            else if (hasMeta && member.Value.ValueKind == JsonValueKind.Object)
            {
                hash.AppendData("{"u8);
                foreach (var kept in member.Value.EnumerateObject().Where(IsIncluded))
                {
                    Append(hash, kept);
                }

                hash.AppendData("}"u8);
            }
            else if (hasMeta)
            {
                Append(hash, member);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    // A colon, a comma and a bracket cannot start a name, so no two lists of members have the same encoding.
    private static void Append(IncrementalHash hash, JsonProperty member)
    {
        hash.AppendData(JsonMarshal.GetRawUtf8PropertyName(member));
        hash.AppendData("\":"u8);
        hash.AppendData(JsonMarshal.GetRawUtf8Value(member.Value));
        hash.AppendData(","u8);
    }
}
