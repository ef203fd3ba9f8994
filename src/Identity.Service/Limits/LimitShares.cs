using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Limits;

/// <summary>
/// Lets several nodes share a limit: each node bursts up to its part of the limit, refills at the whole rate, and
/// deducts what the other nodes report as taken (docs/high-availability.md has the bound). With a single node it
/// changes nothing.
/// </summary>
internal sealed class LimitShares(bool isShared)
{
    /// <summary>The most keys in one report; the others wait for the next.</summary>
    public const int MaxKeys = 10_000;

    /// <summary>A limit's name, a key and a count.</summary>
    public const int RecordBytes = sizeof(uint) + 16 + sizeof(int);

    private readonly ConcurrentDictionary<uint, ISharedLimit> limits = new();
    private volatile int nodes = 1;
    private volatile bool isHearing = true;

    public static LimitShares Alone { get; } = new(isShared: false);

    public bool IsShared => isShared;

    /// <summary>The running nodes, including this one.</summary>
    public int Nodes => nodes;

    /// <summary>Whether reports of other nodes arrive; if not, each node limits itself to its part of the rate.</summary>
    public bool IsHearing => isHearing;

    public void Add(string name, ISharedLimit limit)
    {
        if (!limits.TryAdd(HashName(name), limit))
        {
            throw new InvalidOperationException($"Two limits are called {name}.");
        }
    }

    /// <summary>Records how many nodes run, as of a report that has just arrived.</summary>
    public void Update(int running)
    {
        nodes = Math.Max(1, running);
        isHearing = true;
    }

    /// <summary>Reports have not arrived for a while.</summary>
    public void Lost() => isHearing = false;

    /// <summary>The key in reports: a digest, which reveals the original only by guessing.</summary>
    public static UInt128 ToKey(string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>What was taken here since the last report; empty if nothing was.</summary>
    public byte[] Collect()
    {
        var body = new ArrayBufferWriter<byte>();
        var left = MaxKeys;
        foreach (var (name, limit) in limits)
        {
            left -= limit.Collect(
                left,
                (key, count) =>
                {
                    var record = body.GetSpan(RecordBytes);
                    BinaryPrimitives.WriteUInt32BigEndian(record, name);
                    BinaryPrimitives.WriteUInt128BigEndian(record[sizeof(uint)..], key);
                    BinaryPrimitives.WriteInt32BigEndian(record[(sizeof(uint) + 16)..], count);
                    body.Advance(RecordBytes);
                }
            );
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>Applies another node's report and ignores limits that this version does not have.</summary>
    public void Apply(ReadOnlySpan<byte> report)
    {
        for (; report.Length >= RecordBytes; report = report[RecordBytes..])
        {
            var count = BinaryPrimitives.ReadInt32BigEndian(report[(sizeof(uint) + 16)..]);
            if (count > 0 && limits.TryGetValue(BinaryPrimitives.ReadUInt32BigEndian(report), out var limit))
            {
                limit.Deduct(BinaryPrimitives.ReadUInt128BigEndian(report[sizeof(uint)..]), count);
            }
        }
    }

    private static uint HashName(string name) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
}
