using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Identity.Service.Limits;

/// <summary>
/// What makes the limits of several nodes one: each node bursts up to its part of a limit, refills at the whole rate, and
/// pays for what the others say that they took (docs/high-availability.md has the bound). Alone it changes nothing.
/// </summary>
internal sealed class LimitShares(bool isShared)
{
    /// <summary>Keys that a node tells of in one report; the others wait for the next.</summary>
    public const int MaxKeys = 10_000;

    /// <summary>Of a limit's name, a key and a count.</summary>
    public const int RecordBytes = sizeof(uint) + 16 + sizeof(int);

    private readonly ConcurrentDictionary<uint, ISharedLimit> limits = new();
    private volatile int nodes = 1;
    private volatile bool isHearing = true;

    /// <summary>For a process that shares nothing with other processes.</summary>
    public static LimitShares Alone { get; } = new(isShared: false);

    public bool IsShared => isShared;

    /// <summary>That run now, this one included.</summary>
    public int Nodes => nodes;

    /// <summary>Whether others are heard; while not, each node keeps to its part of the rate.</summary>
    public bool IsHearing => isHearing;

    public void Add(string name, ISharedLimit limit)
    {
        if (!limits.TryAdd(HashName(name), limit))
        {
            throw new InvalidOperationException($"Two limits are called {name}.");
        }
    }

    /// <summary>How many nodes run, and that they were heard just now.</summary>
    public void Heard(int running)
    {
        nodes = Math.Max(1, running);
        isHearing = true;
    }

    /// <summary>They have not been heard for a while.</summary>
    public void Lost() => isHearing = false;

    /// <summary>A key as other nodes know it; which one it was cannot be read from it without guessing.</summary>
    public static UInt128 ToKey(string key)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>What was taken here since the last report; empty = nothing.</summary>
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

    /// <summary>Another node's report. Limits that this version does not have are passed over.</summary>
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
