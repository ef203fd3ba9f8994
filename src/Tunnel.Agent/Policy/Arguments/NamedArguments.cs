using System.Globalization;
using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// The arguments that a rule names. In an object on the path of a pointer, no other member may have a name that a
/// server could take for a named one. A closed rule permits only what its constraints name, except inside a value that
/// a constraint names itself.
/// </summary>
internal sealed class NamedArguments
{
    public const string Closed = "closed";

    /// <summary>The record's key for an argument whose name a server could take for another one.</summary>
    public const string LookAlike = "lookalike";

    // A JavaScript server that copies or merges arguments into its own options reads values from these members that the
    // arguments do not have. The first does it with any value, the others only with an object.
    private static readonly string[] Prototype = ["__proto__"];
    private static readonly string[] Constructor = ["constructor", "prototype"];

    private readonly Node root = new("");
    private readonly bool isClosed;
    private readonly bool allowsAbsence;

    /// <param name="isClosed">Whether all arguments other than those of the constraints are forbidden.</param>
    public NamedArguments(
        IReadOnlyList<ArgumentConstraint> constraints,
        IReadOnlyList<JsonPointer> others,
        bool isClosed
    )
    {
        this.isClosed = isClosed;
        allowsAbsence = constraints.Any(c => c.IsOptional || c.IsForbidden);
        foreach (var constraint in constraints)
        {
            root.Add(constraint.At, isConstraint: true);
        }

        foreach (var pointer in others)
        {
            root.Add(pointer, isConstraint: false);
        }
    }

    public ArgumentError? FindError(JsonElement value) => FindError(value, root, isClosed);

    private ArgumentError? FindError(JsonElement value, Node? node, bool onlyNamed)
    {
        onlyNamed &= node is { IsNamed: false };
        if (node is null && !allowsAbsence)
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.Object => FindMember(value, node, onlyNamed),
            JsonValueKind.Array => FindElement(value, node, onlyNamed),
            _ => onlyNamed ? new ArgumentError(node!.At, Closed) : null, // a type that no pointer leads through
        };
    }

    private ArgumentError? FindMember(JsonElement value, Node? node, bool onlyNamed)
    {
        foreach (var member in value.EnumerateObject())
        {
            var child = node?.Find(member.Name);
            if (onlyNamed && child is not { IsLed: true })
            {
                return new ArgumentError(node!.At, Closed);
            }

            if (child is null && (node?.FindLike(member.Name) ?? FindPrototype(member, node)) is { } at)
            {
                return new ArgumentError(at, LookAlike);
            }

            if (FindError(member.Value, child, onlyNamed) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private ArgumentError? FindElement(JsonElement value, Node? node, bool onlyNamed)
    {
        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            var child = node?.Find((index++).ToString(CultureInfo.InvariantCulture));
            if (onlyNamed && child is not { IsLed: true })
            {
                return new ArgumentError(node!.At, Closed);
            }

            if (FindError(element, child, onlyNamed) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    // If no argument may be absent, such a member cannot change the value of an argument.
    private string? FindPrototype(JsonProperty member, Node? node) =>
        allowsAbsence
        && (
            MemberNames.CouldBe(member, Prototype)
            || (member.Value.ValueKind == JsonValueKind.Object && MemberNames.CouldBe(member, Constructor))
        )
            ? node?.At ?? ""
            : null;

    private sealed class Node(string at)
    {
        private readonly Dictionary<string, Node> children = new(StringComparer.Ordinal);
        private readonly Dictionary<string, string> likes = new(StringComparer.Ordinal);

        public string At => at;

        /// <summary>Whether a constraint names the value: it may contain anything that its own conditions permit.</summary>
        public bool IsNamed { get; private set; }

        /// <summary>Whether a constraint names the value or a part of it.</summary>
        public bool IsLed { get; private set; }

        public Node? Find(string name) => children.GetValueOrDefault(name);

        /// <summary>The pointer of a named member that a server could take the name for; null if there is none.</summary>
        public string? FindLike(string name) =>
            children.Count == 0 ? null : likes.GetValueOrDefault(MemberNames.Fold(name));

        public void Add(JsonPointer pointer, bool isConstraint)
        {
            var node = this;
            var path = "";
            node.IsLed |= isConstraint;
            foreach (var (name, written) in pointer.Names.Zip(pointer.Text.Split('/').Skip(1)))
            {
                path += $"/{written}";
                if (!node.children.TryGetValue(name, out var child))
                {
                    child = new Node(path);
                    node.children.Add(name, child);
                    node.likes.TryAdd(MemberNames.Fold(name), path);
                }

                node = child;
                node.IsLed |= isConstraint;
            }

            node.IsNamed |= isConstraint;
        }
    }
}
