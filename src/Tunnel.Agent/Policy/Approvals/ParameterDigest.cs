using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>
/// One value for the parameters of a call, arguments and answers to the server's questions included. <c>_meta</c> is left out:
/// it contains what differs each time, such as the progress token and the trace. Parameters that a reader could take for the
/// same have the same digest (RFC 8785), and no others do.
/// </summary>
internal static class ParameterDigest
{
    private const string Meta = "_meta";

    public static string Compute(JsonElement parameters)
    {
        if (parameters.ValueKind == JsonValueKind.Undefined)
        {
            return "";
        }

        if (IsExact(parameters))
        {
            try
            {
                return "jcs:" + CanonicalJson.Digest(parameters, static path => path == "/" + Meta);
            }
            catch (FormatException)
            {
                // As with numbers that are not exact.
            }
        }

        return "raw:" + HashAsWritten(parameters);
    }

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

    private static string HashAsWritten(JsonElement parameters)
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
                // A colon and a comma cannot begin a value, so that no two lists of members read alike.
                hash.AppendData(JsonMarshal.GetRawUtf8PropertyName(member));
                hash.AppendData("\":"u8);
                hash.AppendData(JsonMarshal.GetRawUtf8Value(member.Value));
                hash.AppendData(","u8);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
