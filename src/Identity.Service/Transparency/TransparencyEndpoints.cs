using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Transparency.Tree;
using Culvert.Identity.Service.Transparency.Witnesses;
using Culvert.Platform.Transparency;

namespace Culvert.Identity.Service.Transparency;

/// <summary><c>/v1/transparency</c>: the log in the format of c2sp.org/tlog-tiles, and proofs.</summary>
internal sealed class TransparencyEndpoints(
    TreeStore tree,
    HeadStore heads,
    TransparencyKeys keys,
    TransparencyOrigin origin,
    TransparencyOptions options,
    WitnessStore witnesses
)
{
    private const string Binary = "application/octet-stream";
    private const int MaxWitnesses = 15;
    private const int MaxLevel = 7; // 256^8 entries exceed a 63-bit number

    public async ValueTask<ApiAnswer> GetAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var newest = await heads.NewestAsync(cancellationToken);
        var states = await witnesses.StatesAsync(cancellationToken);
        return ApiAnswer.Json(
            new TransparencyLogDocument
            {
                Origin = origin.Name,
                Key = (await keys.FindPublicAsync(cancellationToken))?.ToString(),
                Size = newest?.Head.Size ?? 0,
                Witnesses =
                [
                    .. options.Witnesses.Select(witness =>
                        TransparencyWitnessDocument.Create(
                            witness,
                            states.GetValueOrDefault(witness.Key.ToString()) ?? WitnessState.Unknown
                        )
                    ),
                ],
            },
            TransparencyJson.Default.TransparencyLogDocument
        );
    }

    public async ValueTask<ApiAnswer> CheckpointAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (ReadNumber(request.Query("witnesses"), 0, MaxWitnesses, 0) is not { } required)
        {
            return Wrong("witnesses", $"a number from 0 to {MaxWitnesses}");
        }

        return await heads.NewestAsync((int)required, cancellationToken) is { } newest
            ? ApiAnswer.Raw(Encoding.UTF8.GetBytes(newest.Note), "text/plain; charset=utf-8")
            : RequestErrors.NotFound.Refuse();
    }

    /// <summary>Serves only what a signed tree head covers.</summary>
    public async ValueTask<ApiAnswer> TileAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (
            !int.TryParse(request.Route("level"), NumberStyles.None, CultureInfo.InvariantCulture, out var level)
            || level > MaxLevel
            || TilePath.Parse(request.Route("number")) is not { } path
        )
        {
            return RequestErrors.NotFound.Refuse();
        }

        var size = (await heads.NewestAsync(cancellationToken))?.Head.Size ?? 0;
        var length = path.Width * MerkleHash.Length;
        return
            IsSigned(path, Tile.HashesAt(level, size))
            && await tree.TileAsync(new TileId(level, path.Number), cancellationToken) is { } hashes
            && hashes.Length >= length
            ? ApiAnswer.Raw(hashes.AsMemory(0, length), Binary)
            : RequestErrors.NotFound.Refuse();
    }

    public async ValueTask<ApiAnswer> EntriesAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var size = (await heads.NewestAsync(cancellationToken))?.Head.Size ?? 0;
        if (TilePath.Parse(request.Route("number")) is not { } path || !IsSigned(path, size))
        {
            return RequestErrors.NotFound.Refuse();
        }

        using var bundle = new MemoryStream();
        var length = new byte[sizeof(ushort)];
        foreach (var entry in await tree.EntriesAsync(path.Number * Tile.Width, path.Width, cancellationToken))
        {
            var bytes = entry.ToBytes();
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)bytes.Length);
            bundle.Write(length);
            bundle.Write(bytes);
        }

        return ApiAnswer.Raw(bundle.ToArray(), Binary);
    }

    public async ValueTask<ApiAnswer> InclusionAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await heads.NewestAsync(cancellationToken) is not { } newest)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (ReadNumber(request.Query("size"), 1, newest.Head.Size, newest.Head.Size) is not { } size)
        {
            return Wrong("size", $"a number from 1 to {newest.Head.Size}");
        }

        var index = await FindIndexAsync(request, size, cancellationToken);
        if (!index.IsOk)
        {
            return index.Refusal;
        }

        var at = index.Value;
        var entry = (await tree.EntriesAsync(at, 1, cancellationToken)).Single();
        var reader = tree.Reader();
        var hashes = await reader.InclusionAsync(at, size, cancellationToken);
        var root = size == newest.Head.Size ? newest.Head.Root : await reader.RootAsync(size, cancellationToken);
        if (!MerkleProof.HasEntry(at, size, entry.ToHash(), root, hashes))
        {
            throw new StoreException($"Entry {at} of the transparency log is not what its tree was made of.");
        }

        return ApiAnswer.Json(
            new InclusionProofDocument(
                Index: at,
                Size: size,
                Entry: entry.ToString(),
                Hashes: [.. hashes.Select(Convert.ToBase64String)],
                Checkpoint: newest.Note
            ),
            TransparencyJson.Default.InclusionProofDocument
        );
    }

    public async ValueTask<ApiAnswer> ConsistencyAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (await heads.NewestAsync(cancellationToken) is not { } newest)
        {
            return RequestErrors.NotFound.Refuse();
        }

        if (ReadNumber(request.Query("to"), 0, newest.Head.Size, newest.Head.Size) is not { } to)
        {
            return Wrong("to", $"a number from 0 to {newest.Head.Size}");
        }

        if (ReadNumber(request.Query("from"), 0, to, null) is not { } from)
        {
            return Wrong("from", $"a number from 0 to {to}");
        }

        var hashes = await tree.Reader().ConsistencyAsync(from, to, cancellationToken);
        return ApiAnswer.Json(
            new ConsistencyProofDocument(From: from, To: to, Hashes: [.. hashes.Select(Convert.ToBase64String)]),
            TransparencyJson.Default.ConsistencyProofDocument
        );
    }

    private async ValueTask<Result<long>> FindIndexAsync(
        ApiRequest request,
        long size,
        CancellationToken cancellationToken
    )
    {
        var digest = new byte[MerkleHash.Length];
        switch (request.Query("index"), request.Query("entry"))
        {
            case ({ }, null):
                return ReadNumber(request.Query("index"), 0, size - 1, null) is { } index
                    ? index
                    : Wrong("index", $"a number from 0 to {size - 1}");
            case (null, { Length: 2 * MerkleHash.Length } text)
                when Convert.FromHexString(text, digest, out _, out _) == System.Buffers.OperationStatus.Done:
                return await tree.FindAsync(digest, cancellationToken) is { } found && found < size
                    ? found
                    : RequestErrors.NotFound.Refuse();
            default:
                return RequestErrors.Invalid.Refuse(
                    "index, entry: one of them is required, and entry is a SHA-256 in hexadecimal."
                );
        }
    }

    private static bool IsSigned(TilePath path, long count) => (path.Number * Tile.Width) + path.Width <= count;

    private static long? ReadNumber(string? text, long least, long most, long? otherwise) =>
        text is null ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        && value >= least
        && value <= most
            ? value
        : null;

    private static Refusal Wrong(string name, string required) =>
        RequestErrors.Invalid.Refuse($"{name}: {required} is required.");
}
