using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;
using Culvert.Platform.Net;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency.Witnesses;

/// <summary>
/// Calls <c>add-checkpoint</c> (c2sp.org/tlog-witness) with the fetcher that checks addresses and follows no redirects
/// (S27). Only data signed with the witness's key is used.
/// </summary>
internal sealed class WitnessClient(Current<OutboundOptions> outbound, TimeProvider time, IHostResolver resolver)
{
    private const int MaxAnswerBytes = 16 * 1024;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="from">The size of the tree head that it last cosigned; 0 = none.</param>
    /// <param name="proof">Proves that the tree extends that one.</param>
    public async Task<WitnessAnswer> AddCheckpointAsync(
        WitnessOptions witness,
        long from,
        IReadOnlyList<byte[]> proof,
        SignedHead head,
        CancellationToken cancellationToken
    )
    {
        X509Certificate2Collection? roots = null;
        try
        {
            roots = CaFile.Read(witness.CaFile);
            var fetched = await CreateFetcher(witness)
                .FetchAsync(CreateRequest(witness, roots, Render(from, proof, head.Note)), cancellationToken);
            return fetched.IsSuccess
                ? Read(witness, from, head, fetched)
                : WitnessAnswer.Failed(WitnessProblem.Unavailable, fetched.Detail);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return WitnessAnswer.Failed(WitnessProblem.Unavailable, $"ca_file cannot be read: {fault.Message}");
        }
        finally
        {
            foreach (var root in roots ?? [])
            {
                root.Dispose();
            }
        }
    }

    private WitnessAnswer Read(WitnessOptions witness, long from, SignedHead head, FetchResult answer)
    {
        switch (answer.Status)
        {
            case HttpStatusCode.OK:
                return ReadCosignature(witness, head, Encoding.UTF8.GetString(answer.Body.Span));
            case HttpStatusCode.Conflict when ReadSize(answer.Body) is { } size && size != from:
                return size <= head.Head.Size
                    ? WitnessAnswer.HasSize(size)
                    : WitnessAnswer.Failed(
                        WitnessProblem.Contradiction,
                        $"It cosigned a tree of {size} entries, and this log has {head.Head.Size}."
                    );
            case HttpStatusCode.Conflict:
                return WitnessAnswer.Failed(
                    WitnessProblem.Contradiction,
                    $"It cosigned another tree of {from} entries."
                );
            case HttpStatusCode.UnprocessableEntity:
                return WitnessAnswer.Failed(
                    WitnessProblem.Contradiction,
                    $"The log does not continue the tree of {from} entries that it cosigned."
                );
            case HttpStatusCode.NotFound:
                return WitnessAnswer.Failed(
                    WitnessProblem.UnknownLog,
                    $"It does not know the log {head.Head.Origin}: its operator has to add it."
                );
            case HttpStatusCode.Forbidden:
                return WitnessAnswer.Failed(
                    WitnessProblem.UntrustedKey,
                    "It does not trust the key of the log: give its operator the present one."
                );
            default:
                return WitnessAnswer.Failed(
                    WitnessProblem.Unavailable,
                    $"It answered with status {(int?)answer.Status}."
                );
        }
    }

    private WitnessAnswer ReadCosignature(WitnessOptions witness, SignedHead head, string body)
    {
        // As the protocol suggests: its lines after the checkpoint are a signed note.
        var note = SignedNote.Parse(head.Note + body);
        if (note is null || witness.Key.Find(note) is not { } cosignature)
        {
            return WitnessAnswer.Failed(
                WitnessProblem.InvalidCosignature,
                "Its answer has no valid cosignature of the configured key."
            );
        }

        // An old cosignature would claim that the tree head was the latest when it was not.
        return (time.GetUtcNow() - cosignature.At).Duration() <= Cosignature.ClockSkew
            ? WitnessAnswer.Cosigned(cosignature)
            : WitnessAnswer.Failed(
                WitnessProblem.WrongTime,
                string.Create(CultureInfo.InvariantCulture, $"Its cosignature is of {cosignature.At:u}.")
            );
    }

    private static long? ReadSize(ReadOnlyMemory<byte> body) =>
        long.TryParse(
            Encoding.UTF8.GetString(body.Span).TrimEnd('\n'),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var size
        )
            ? size
            : null;

    private static byte[] Render(long from, IReadOnlyList<byte[]> proof, string note)
    {
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"old {from}\n");
        foreach (var hash in proof)
        {
            body.Append(Convert.ToBase64String(hash)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(body.Append('\n').Append(note).ToString());
    }

    private SafeFetcher CreateFetcher(WitnessOptions witness) =>
        new(
            new SafeFetcherOptions
            {
                Timeout = Limit,
                MaxBytes = MaxAnswerBytes,
                PrivateNetworks = PrivateNetwork.WithEveryPort(witness.Networks),
                Network = outbound.Value.Network,
            },
            time,
            resolver
        );

    private static FetchRequest CreateRequest(WitnessOptions witness, X509Certificate2Collection? roots, byte[] body) =>
        new()
        {
            Url = $"{witness.Url.AbsoluteUri.TrimEnd('/')}/add-checkpoint",
            Field = $"transparency.witnesses.{witness.Name}.url",
            Accept = "text/plain, text/x.tlog.size",
            PinnedRoots = roots,
            AllowedTargets = [.. witness.Networks.Ranges.Select(range => new FetchTarget(range, witness.Url.Port))],
            Post = new FetchPost(body, "text/plain; charset=utf-8", []),
            WantsAnyStatus = true,
        };
}
