using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>
/// One value for the parameters of a call, arguments, answers to the server's questions and <c>_meta</c> included. Of
/// <c>_meta</c> the progress token and the trace context are left out, because they differ each time. Parameters that a
/// reader could take for the same have the same digest (RFC 8785), and no others do.
/// </summary>
internal static class ParameterDigest
{
    private const string Meta = "_meta";

    private static readonly string[] LeftOut = ["progressToken", "traceparent", "tracestate", "baggage"];
    private static readonly string[] LeftOutPaths = [.. LeftOut.Select(name => $"/{Meta}/{name}")];

    public static string Compute(JsonElement parameters)
    {
        if (parameters.ValueKind == JsonValueKind.Undefined)
        {
            return "";
        }

        // Metadata without anything that counts are none.
        var hasMeta = HasMeta(parameters);
        if (IsExact(parameters))
        {
            try
            {
                return "jcs:"
                    + CanonicalJson.Digest(
                        parameters,
                        path => hasMeta ? LeftOutPaths.Contains(path, StringComparer.Ordinal) : path == $"/{Meta}"
                    );
            }
            catch (FormatException)
            {
                // As with numbers that are not exact.
            }
        }

        return "raw:" + HashAsWritten(parameters, hasMeta);
    }

    private static bool HasMeta(JsonElement parameters) =>
        parameters.ValueKind == JsonValueKind.Object
        && parameters.TryGetProperty(Meta, out var meta)
        && (meta.ValueKind != JsonValueKind.Object || meta.EnumerateObject().Any(IsKept));

    private static bool IsKept(JsonProperty member) => !LeftOut.Contains(member.Name, StringComparer.Ordinal);

    // RFC 8785 takes numbers for doubles, so that 9007199254740993 and 9007199254740992 read alike. A server may see two.
    private static bool IsExact(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject().All(member => IsExact(member.Value)),
            JsonValueKind.Array => value.EnumerateArray().All(IsExact),
            JsonValueKind.Number => IsExactNumber(value),
            _ => true,
        };

    private static bool IsExactNumber(JsonElement value)
    {
        var number = value.GetDouble();
        return double.IsFinite(number)
            && JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out var written)
            && JsonNumber.TryRead(Encoding.ASCII.GetBytes(CanonicalNumber.Format(number)), out var read)
            && written.CompareTo(read) == 0;
    }

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
                foreach (var kept in member.Value.EnumerateObject().Where(IsKept))
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

    // A colon, a comma and a bracket cannot begin a name, so that no two lists of members read alike.
    private static void Append(IncrementalHash hash, JsonProperty member)
    {
        hash.AppendData(JsonMarshal.GetRawUtf8PropertyName(member));
        hash.AppendData("\":"u8);
        hash.AppendData(JsonMarshal.GetRawUtf8Value(member.Value));
        hash.AppendData(","u8);
    }
}
