using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Audit;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Describes a JSON value for the record: the pointers of its values, and at each pointer the types, how many values have
/// each, and sizes. The description has names of members and numbers, and never a value. Its memory is bounded.
/// </summary>
internal sealed class RecordedShape : ITokenReader
{
    /// <summary>The most pointers; values at other pointers are only counted.</summary>
    public const int MaxPointers = 256;

    /// <summary>The most names at one place. An object with more is a map, whose names may be data.</summary>
    public const int MaxNames = 64;

    /// <summary>A longer name may be data.</summary>
    public const int MaxNameCharacters = 64;

    /// <summary>The most steps of a pointer, as in a rule.</summary>
    public const int MaxSteps = 32;

    /// <summary>The length of the description.</summary>
    public const int MaxBytes = 8 * 1024;

    // The number of values without a pointer, and the closing brace.
    private const int EndBytes = 32;

    private static readonly string[] Members =
    [
        "object",
        "array",
        "elements",
        "string",
        "bytes",
        "integer",
        "number",
        "boolean",
        "null",
    ];

    private readonly Node root = new([], null);
    private readonly ulong[] arrays = new ulong[(TokenFeed.MaxDepth / 64) + 1]; // a bit for each open object or array
    private Node? inner; // of the innermost open object or array that has a pointer
    private int depth; // how many are open
    private int unnamed; // how many of these have no pointer
    private byte[] scratch = [];
    private Node? member; // of the name that was read; null without a pointer
    private int pointers = 1;
    private long droppedBytes; // of the text that is being read
    private long others; // values without a pointer

    // The order of the members of a description.
    private enum Count
    {
        Objects,
        Arrays,
        Elements,
        Texts,
        Bytes,
        Integers,
        Numbers,
        Booleans,
        Nulls,
    }

    public bool IsComplete { get; private set; }

    bool ITokenReader.IsSkipping => true;

    public void ReadDropped(ReadOnlySpan<byte> text) => droppedBytes += text.Length;

    public void Read(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                member = FindMember(ref reader);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Close();
                break;
            default:
                AddValue(ref reader);
                break;
        }

        droppedBytes = 0;
        IsComplete = depth == 0;
    }

    /// <summary>Writes the description as a JSON object.</summary>
    /// <param name="isFromText">Whether the value was in a text of the answer.</param>
    public byte[] Write(bool isFromText)
    {
        using var json = new JsonMembers();
        if (isFromText)
        {
            json.Text("from"u8, "text");
        }

        Write(json, root, "");
        if (others > 0)
        {
            WriteName(json, "…");
            json.Number(others);
        }

        json.OpenAt(0);
        json.Raw("}"u8);
        return json.Written.ToArray();
    }

    private void AddValue(ref Utf8JsonReader reader)
    {
        var node = Begin();
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                node?.Add(Count.Objects);
                Open(node, isArray: false);
                break;
            case JsonTokenType.StartArray:
                node?.Add(Count.Arrays);
                Open(node, isArray: true);
                break;
            case JsonTokenType.String:
                node?.Add(Count.Texts);
                node?.Add(Count.Bytes, droppedBytes + reader.ValueSpan.Length);
                break;
            case JsonTokenType.Number:
                node?.Add(reader.ValueSpan.ContainsAny(".eE"u8) ? Count.Numbers : Count.Integers);
                break;
            case JsonTokenType.Null:
                node?.Add(Count.Nulls);
                break;
            default:
                node?.Add(Count.Booleans);
                break;
        }

        others += node is null ? 1 : 0;
    }

    // Returns the node of the value that begins; null without a pointer.
    private Node? Begin()
    {
        if (depth == 0)
        {
            return root;
        }

        var parent = unnamed > 0 ? null : inner;
        if ((arrays[(depth - 1) / 64] >> ((depth - 1) % 64) & 1) == 0)
        {
            return member;
        }

        parent?.Add(Count.Elements);
        return FindAny(parent);
    }

    private void Open(Node? node, bool isArray)
    {
        var bit = 1UL << (depth % 64);
        ref var bits = ref arrays[depth++ / 64];
        bits = isArray ? bits | bit : bits & ~bit;
        inner = node ?? inner;
        unnamed += node is null ? 1 : 0;
    }

    private void Close()
    {
        depth--;
        if (unnamed > 0)
        {
            unnamed--;
        }
        else
        {
            inner = inner!.Parent;
        }
    }

    private Node? FindMember(ref Utf8JsonReader reader)
    {
        var parent = unnamed > 0 ? null : inner;
        if (parent is null or { IsMap: true } || droppedBytes > 0)
        {
            return FindAny(parent);
        }

        var name = ReadName(ref reader);
        if (
            name is [(byte)'*'] // in a pointer it is every name
            || (name.Length > MaxNameCharacters && Encoding.UTF8.GetCharCount(name) > MaxNameCharacters)
        )
        {
            return FindAny(parent);
        }

        if (parent.Find(name) is { } known)
        {
            return known;
        }

        if (parent.Names == MaxNames)
        {
            parent.Fold();
            pointers = root.CountNodes();
            return parent.Any;
        }

        var node = Create(name, parent);
        if (node is not null)
        {
            parent.AddNamed(node);
        }

        return node;
    }

    private ReadOnlySpan<byte> ReadName(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (scratch.Length < reader.ValueSpan.Length)
        {
            scratch = new byte[reader.ValueSpan.Length];
        }

        return scratch.AsSpan(0, reader.CopyString(scratch));
    }

    private Node? FindAny(Node? parent) => parent is null ? null : parent.Any ??= Create([], parent);

    // Null: the description has no room for another pointer.
    private Node? Create(ReadOnlySpan<byte> name, Node parent)
    {
        if (pointers == MaxPointers || depth > MaxSteps)
        {
            return null;
        }

        pointers++;
        return new Node(name.ToArray(), parent);
    }

    private void Write(JsonMembers json, Node node, string at)
    {
        var start = json.Length;
        WriteName(json, at);
        var first = json.Length;
        for (var i = 0; i < Members.Length; i++)
        {
            if (node.Counts[i] > 0)
            {
                WriteName(json, Members[i]);
                json.Number(node.Counts[i]);
            }
        }

        json.OpenAt(first);
        json.Raw("}"u8);
        if (json.Length > MaxBytes - EndBytes)
        {
            json.CutTo(start);
            others += node.Values;
        }

        for (var child = node.First; child is not null; child = child.Next)
        {
            Write(json, child, $"{at}/{JsonPointer.Escape(Encoding.UTF8.GetString(child.Name))}");
        }

        if (node.Any is { } any)
        {
            Write(json, any, at + "/*");
        }
    }

    private static void WriteName(JsonMembers json, string name)
    {
        json.Raw(","u8);
        json.Text(name);
        json.Raw(":"u8);
    }

    /// <summary>The values at one pointer.</summary>
    /// <param name="name">In UTF-8; empty without one of its own.</param>
    private sealed class Node(byte[] name, Node? parent)
    {
        public byte[] Name => name;

        public Node? Parent => parent;

        public long[] Counts { get; } = new long[Members.Length];

        /// <summary>The first of the members that have names.</summary>
        public Node? First { get; private set; }

        public Node? Next { get; private set; }

        /// <summary>The number of the members that have names.</summary>
        public int Names { get; private set; }

        /// <summary>Of elements, and of the members of a map.</summary>
        public Node? Any { get; set; }

        /// <summary>Whether all names of members have one pointer.</summary>
        public bool IsMap { get; private set; }

        public long Values
        {
            get
            {
                var values = -Counts[(int)Count.Elements] - Counts[(int)Count.Bytes];
                foreach (var count in Counts)
                {
                    values += count;
                }

                return values;
            }
        }

        public void Add(Count count, long number = 1) => Counts[(int)count] += number;

        public Node? Find(ReadOnlySpan<byte> name)
        {
            var node = First;
            while (node is not null && !name.SequenceEqual(node.Name))
            {
                node = node.Next;
            }

            return node;
        }

        public void AddNamed(Node node)
        {
            Names++;
            if (First is null)
            {
                First = node;
                return;
            }

            var last = First;
            while (last.Next is { } next)
            {
                last = next;
            }

            last.Next = node;
        }

        public int CountNodes()
        {
            var nodes = 1 + (Any?.CountNodes() ?? 0);
            for (var node = First; node is not null; node = node.Next)
            {
                nodes += node.CountNodes();
            }

            return nodes;
        }

        /// <summary>Makes one pointer of those of all names.</summary>
        public void Fold()
        {
            IsMap = true;
            Any ??= new Node([], this);
            for (var node = First; node is not null; node = node.Next)
            {
                Any.Merge(node);
            }

            (First, Names) = (null, 0);
        }

        private void Merge(Node other)
        {
            for (var i = 0; i < Counts.Length; i++)
            {
                Counts[i] += other.Counts[i];
            }

            for (var node = other.First; node is not null; node = node.Next)
            {
                if (Find(node.Name) is not { } known)
                {
                    AddNamed(known = new Node(node.Name, this));
                }

                known.Merge(node);
            }

            if (other.Any is { } any)
            {
                (Any ??= new Node([], this)).Merge(any);
            }

            if (IsMap || other.IsMap || Names > MaxNames)
            {
                Fold();
            }
        }
    }
}
