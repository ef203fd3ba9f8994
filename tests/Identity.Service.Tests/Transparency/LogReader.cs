using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Platform.Transparency;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency;

/// <summary>Reads a service's log as a verifier does, who trusts its key and nothing else.</summary>
internal sealed class LogReader
{
    private readonly HttpClient client;

    private LogReader(HttpClient client, NoteKey key)
    {
        this.client = client;
        Key = key;
    }

    public NoteKey Key { get; }

    public static async Task<LogReader> StartAsync(HttpClient client)
    {
        var log = await client.GetOkAsync("/v1/transparency");
        var key = NoteKey.Parse(log.Text("key")!).ShouldNotBeNull();
        key.Name.ShouldBe(log.Text("origin"));
        return new LogReader(client, key);
    }

    public async Task<TreeHead> HeadAsync() =>
        Verified(await client.GetStringAsync("/v1/transparency/checkpoint", TestContext.Current.CancellationToken));

    /// <summary>Proves that it is in the newest tree; its place.</summary>
    public async Task<long> ProveAsync(LogEntry entry)
    {
        var digest = Convert.ToHexStringLower(entry.Digest);
        var proof = await client.GetOkAsync("/v1/transparency/proof/inclusion?entry=" + digest);
        proof.Text("entry").ShouldBe(entry.ToString());
        var head = Verified(proof.Text("checkpoint")!);
        var index = proof.GetProperty("index").GetInt64();
        MerkleProof.HasEntry(index, head.Size, entry.ToHash(), head.Root, Hashes(proof)).ShouldBeTrue();
        return index;
    }

    /// <summary>Proves that the log has only grown.</summary>
    public async Task ProveAsync(TreeHead from, TreeHead to)
    {
        var proof = await client.GetOkAsync($"/v1/transparency/proof/consistency?from={from.Size}&to={to.Size}");
        MerkleProof.IsContinued(from.Size, to.Size, from.Root, to.Root, Hashes(proof)).ShouldBeTrue();
    }

    /// <summary>All entries, read as bundles.</summary>
    public async Task<List<string>> EntriesAsync(long size)
    {
        List<string> entries = [];
        for (long first = 0; first < size; first += 256)
        {
            var width = Math.Min(256, size - first);
            var bundle = await client.GetByteArrayAsync(
                $"/v1/transparency/tile/entries/{first / 256:000}{(width < 256 ? $".p/{width}" : "")}",
                TestContext.Current.CancellationToken
            );
            for (var at = 0; at < bundle.Length; )
            {
                var length = BinaryPrimitives.ReadUInt16BigEndian(bundle.AsSpan(at));
                entries.Add(Encoding.ASCII.GetString(bundle, at + sizeof(ushort), length));
                at += sizeof(ushort) + length;
            }
        }

        return entries;
    }

    private TreeHead Verified(string text)
    {
        var note = SignedNote.Parse(text).ShouldNotBeNull();
        Key.HasSigned(note).ShouldBeTrue();
        return TreeHead.Parse(note.Text).ShouldNotBeNull();
    }

    private static List<byte[]> Hashes(JsonElement proof) =>
        [.. proof.GetProperty("hashes").EnumerateArray().Select(hash => hash.GetBytesFromBase64())];
}
