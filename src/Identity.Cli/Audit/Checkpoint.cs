using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Platform.Certificates;

namespace Culvert.Identity.Cli.Audit;

/// <summary>A node's signed word on how far its chain reached, verified up to the platform root.</summary>
/// <param name="Source">Where it was read from, for messages.</param>
/// <param name="Node">Whose chain.</param>
/// <param name="Sequence">Its newest entry then.</param>
/// <param name="Head">That entry's hash.</param>
internal sealed record Checkpoint(string Source, string Node, long Sequence, byte[] Head)
{
    private const string Type = "culvert-checkpoint+jws";
    private const string HostCommands = "host-commands";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // id-kp-serverAuth, RFC 5280 §4.2.1.12

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

        if (!IsOfNode(certificates[0], node))
        {
            throw Refused(source, $"its signer is not node {node}");
        }
    }

    // As machines judge it: one identity (X509-SVID §2), of a service's node by its kind and whole name, for a server.
    private static bool IsOfNode(X509Certificate2 signer, string node) =>
        CertificateNames.Uris(signer) is [var uri]
        && SpiffeId.TryParse(uri, out var id)
        && id.Kind == SpiffeKind.Service
        && (id.Name == node || IsHostChain(node))
        && signer
            .Extensions.OfType<X509EnhancedKeyUsageExtension>()
            .Any(usages => usages.EnhancedKeyUsages[ServerAuthentication] is not null);

    // Commands on the host have no certificate of their own; any node signs for their chain.
    private static bool IsHostChain(string node) =>
        node == HostCommands || node.StartsWith(HostCommands + "-r", StringComparison.Ordinal);

    private static CommandFailure Refused(string source, string what) =>
        new(ExitCode.CheckFailed, $"the checkpoint is refused: {what}")
        {
            Where = source,
            Next = "give the platform root by --ca-file, and a checkpoint from the log or an agent's saved feed",
        };
}
