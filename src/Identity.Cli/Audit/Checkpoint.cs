using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Audit;

/// <summary>A node's signed word on how far its chain reached, verified up to the platform root.</summary>
/// <param name="Source">Where it was read from, for messages.</param>
/// <param name="Node">Whose chain.</param>
/// <param name="Sequence">Its newest entry then.</param>
/// <param name="Head">That entry's hash.</param>
internal sealed record Checkpoint(string Source, string Node, long Sequence, byte[] Head)
{
    private const string Type = "culvert-checkpoint+jws";

    private static readonly char[] Separators = [' ', '\t', '"', '\'', ',', ':', ';'];

    /// <summary>Every checkpoint of a file: log lines, saved feeds or bare ones; a token is recognised by its shape.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="text">What is in it.</param>
    /// <param name="roots">The platform's roots, which vouch for the nodes.</param>
    public static IReadOnlyList<Checkpoint> ReadAll(string file, TextReader text, X509Certificate2Collection roots)
    {
        List<Checkpoint> found = [];
        while (text.ReadLine() is { } line)
        {
            foreach (var word in line.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
            {
                if (word.StartsWith("eyJ", StringComparison.Ordinal) && word.Count(c => c == '.') == 2)
                {
                    found.Add(Read(file, word, roots));
                }
            }
        }

        return found.Count > 0 ? found : throw Refused(file, "it holds no checkpoint");
    }

    private static Checkpoint Read(string source, string token, X509Certificate2Collection roots)
    {
        try
        {
            var parts = token.Split('.');
            var header = (JsonObject)JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!;
            var payload = (JsonObject)JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!;
            if ((string?)header["alg"] != "ES256" || (string?)header["typ"] != Type)
            {
                throw Refused(source, "it is no checkpoint");
            }

            var node = (string)payload["node"]!;
            var time = DateTimeOffset.Parse(
                (string)payload["time"]!,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal
            );
            X509Certificate2[] chain =
            [
                .. ((JsonArray)header["x5c"]!).Select(one =>
                    X509CertificateLoader.LoadCertificate(Convert.FromBase64String((string)one!))
                ),
            ];
            RequireSigner(source, chain, roots, node, time);
            using var key = chain[0].GetECDsaPublicKey();
            var content = Encoding.ASCII.GetBytes(parts[0] + "." + parts[1]);
            return key?.VerifyData(content, Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256) == true
                ? new Checkpoint(
                    source,
                    node,
                    (long)payload["sequence"]!,
                    Convert.FromHexString((string)payload["head"]!)
                )
                : throw Refused(source, "its signature does not verify");
        }
        catch (Exception e)
            when (e
                    is FormatException
                        or JsonException
                        or InvalidOperationException
                        or InvalidCastException
                        or NullReferenceException
                        or ArgumentException
                        or CryptographicException
            )
        {
            throw Refused(source, "it cannot be read");
        }
    }

    // Valid when it was signed, a node of this installation, and nobody's but the platform CA's word for it.
    private static void RequireSigner(
        string source,
        X509Certificate2[] certificates,
        X509Certificate2Collection roots,
        string node,
        DateTimeOffset time
    )
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(roots);
        chain.ChainPolicy.ExtraStore.AddRange(certificates.Skip(1).ToArray());
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.UtcDateTime;
        if (certificates.Length == 0 || !chain.Build(certificates[0]))
        {
            throw Refused(source, "its signer does not chain to the platform root");
        }

        // The names stand in the certificate as plain ASCII; the node's is its last path segment.
        var names = certificates[0].Extensions.FirstOrDefault(one => one.Oid?.Value == "2.5.29.17");
        var text = Encoding.Latin1.GetString(names?.RawData ?? []);
        if (!HasService(text, node))
        {
            throw Refused(source, $"its signer is not node {node}");
        }
    }

    private static bool HasService(string names, string node)
    {
        var at = names.IndexOf("/service/" + node, StringComparison.Ordinal);
        if (at < 0 || !names.Contains("spiffe://", StringComparison.Ordinal))
        {
            return false;
        }

        // What follows must not be more of a longer name.
        var next = at + "/service/".Length + node.Length;
        return next == names.Length || !(char.IsAsciiLetterOrDigit(names[next]) || names[next] is '-' or '.' or '_');
    }

    private static CommandFailure Refused(string source, string what) =>
        new(ExitCode.CheckFailed, $"the checkpoint is refused: {what}")
        {
            Where = source,
            Next = "give the platform root by --ca-file, and a checkpoint from the log or an agent's saved feed",
        };
}
