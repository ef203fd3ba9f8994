using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Policy.Answers.Masks;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>
/// Writes the finding of one JSON value: token by token, so that of an answer with a million records only those that
/// cross are held. A record is written while it is read, and taken back if its condition is not true at its end. Nothing
/// is copied out of the text: strings are decoded and written again.
/// </summary>
/// <param name="output">Where the finding is appended.</param>
/// <param name="hashKey">Returns the key of masks that are hashes.</param>
internal sealed class FindingWriter(AnswerShape shape, PrincipalClaims claims, JsonOutput output, Func<byte[]> hashKey)
{
    /// <summary>The deepest value that is read.</summary>
    public const int MaxDepth = 128;

    private readonly NameStack names = new();
    private readonly RowState[] states = new RowState[shape.RowSets];
    private readonly List<string> cut = [];
    private Frame[] frames = new Frame[8];
    private int depth;
    private int skipUntil = -1;
    private AnswerCounts counts;
    private Pending pending; // the member whose name was read

    public AnswerCounts Counts => counts;

    /// <summary>The arrays of which more records would have crossed than their maximum.</summary>
    public IReadOnlyList<string> Cut => cut;

    /// <summary>Whether the next bytes belong to a value that does not cross and is not compared.</summary>
    public bool IsSkipping => skipUntil >= 0 || pending.IsSkipped;

    public long HeldBytes => names.HeldBytes;

    /// <summary>Reads one token. True: the value is complete.</summary>
    /// <exception cref="UnfitException">The value cannot be judged.</exception>
    public bool Add(ref Utf8JsonReader reader)
    {
        if (skipUntil >= 0)
        {
            if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                return false;
            }

            if (reader.CurrentDepth != skipUntil)
            {
                return false;
            }

            skipUntil = -1;
            return depth == 0;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                AddName(ref reader);
                return false;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                Open(ref reader);
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                Close();
                break;
            default:
                AddScalar(ref reader);
                break;
        }

        return depth == 0 && skipUntil < 0;
    }

    private void AddName(ref Utf8JsonReader reader)
    {
        ref var frame = ref frames[depth - 1];
        var name = output.Read(ref reader);
        if (!names.TryAdd(name))
        {
            throw new UnfitException("duplicate_member");
        }

        var node = frame.Node?.Find(name);
        if (frame.Node?.IsLikeCompared(name) == true)
        {
            // Another reader may find its value where this one finds none: no record that is open now may cross.
            foreach (ref var state in states.AsSpan())
            {
                state.IsUnclear = true;
            }
        }

        var start = output.Length;
        if (!IsRead(node, frame.Allowed))
        {
            pending = new Pending(node, start, IsSkipped: true);
            return;
        }

        if (frame.HasMembers)
        {
            output.Raw((byte)',');
        }

        output.Text(name);
        output.Raw((byte)':');
        pending = new Pending(node, start, IsSkipped: false);
    }

    // Returns what the rules say of the value that begins.
    private Pending Begin()
    {
        if (depth == 0)
        {
            return new Pending(shape.Root, output.Length, IsSkipped: false);
        }

        ref var frame = ref frames[depth - 1];
        if (!frame.IsArray)
        {
            (var member, pending) = (pending, default);
            return member;
        }

        if (frame.HasRows)
        {
            frame.Before = counts;
            foreach (var set in frame.Node!.Rows)
            {
                states[set.Id].Members = 0;
                states[set.Id].IsUnclear = false;
            }
        }

        var start = output.Length;
        if (frame.HasMembers)
        {
            output.Raw((byte)',');
        }

        return new Pending(frame.Node?.Any, start, IsSkipped: false);
    }

    private void Open(ref Utf8JsonReader reader)
    {
        var value = Begin();
        var (node, isArray) = (value.Node, reader.TokenType == JsonTokenType.StartArray);
        var allowed = GetAllowed(value);
        if (
            !IsRead(node, allowed)
            || node?.Mask is not null // only single values have masked forms
            || (node?.Rows.Count > 0 && !isArray)
        )
        {
            counts.FieldsRemoved++;
            skipUntil = reader.CurrentDepth;
            End(value.Start, isWritten: false);
            return;
        }

        if (depth == MaxDepth)
        {
            throw new UnfitException("too_deep");
        }

        if (depth == frames.Length)
        {
            Array.Resize(ref frames, 2 * depth);
        }

        frames[depth++] = new Frame
        {
            Node = node,
            Allowed = allowed,
            IsArray = isArray,
            HasRows = node?.Rows.Count > 0,
            IsWritten = CanCross(node, allowed),
            Start = value.Start,
        };
        if (!isArray)
        {
            names.Open();
        }

        output.Raw(isArray ? (byte)'[' : (byte)'{');
    }

    private void Close()
    {
        ref var frame = ref frames[--depth];
        if (!frame.IsArray)
        {
            names.Close();
        }

        output.Raw(frame.IsArray ? (byte)']' : (byte)'}');
        if (!frame.IsWritten)
        {
            counts.FieldsRemoved++;
        }

        End(frame.Start, frame.IsWritten);
    }

    private void AddScalar(ref Utf8JsonReader reader)
    {
        var value = Begin();
        foreach (var test in value.Node?.Tests ?? [])
        {
            if (reader.TokenType != JsonTokenType.Null && AreTrue(test.Conditions, ref reader))
            {
                states[test.Set.Id].Members |= 1UL << test.Bit;
            }
        }

        if (
            GetAllowed(value) != shape.All
            || (value.Node?.Rows.Count > 0 && reader.TokenType != JsonTokenType.Null) // not an array of records
        )
        {
            counts.FieldsRemoved++;
            End(value.Start, isWritten: false);
            return;
        }

        Write(ref reader, value.Node?.Mask);
        End(value.Start, isWritten: true);
    }

    // Whether a value at the node, or one below it, may cross.
    private bool CanCross(ShapeNode? node, ulong allowed) => (allowed | (node?.AllowedWithin ?? 0)) == shape.All;

    // A value that does not cross is read if it is compared.
    private bool IsRead(ShapeNode? node, ulong allowed) => CanCross(node, allowed) || node?.TestsWithin == true;

    private ulong GetAllowed(in Pending value) =>
        (depth == 0 ? 0 : frames[depth - 1].Allowed) | (value.Node?.AllowedBy ?? 0);

    private bool AreTrue(IReadOnlyList<ValueCondition> conditions, ref Utf8JsonReader reader)
    {
        foreach (var condition in conditions)
        {
            if (!condition.Matches(ref reader, claims))
            {
                return false;
            }
        }

        return true;
    }

    private void Write(ref Utf8JsonReader reader, MaskForm? mask)
    {
        if (mask is { } form && reader.TokenType != JsonTokenType.Null)
        {
            var text = reader.TokenType == JsonTokenType.String ? output.Read(ref reader) : reader.ValueSpan;
            counts.Masked++;
            output.Text(
                Encoding.UTF8.GetBytes(
                    MaskForms.Mask(form, Encoding.UTF8.GetString(text), form == MaskForm.Hash ? hashKey() : [])
                )
            );
            return;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            output.Raw(reader.ValueSpan);
            return;
        }

        var whole = output.Read(ref reader);
        if (shape.Detects != Detectors.None)
        {
            var masked = DetectedText.Mask(Encoding.UTF8.GetString(whole), shape.Detects, out var count);
            counts.Masked += count;
            whole = count > 0 ? Encoding.UTF8.GetBytes(masked) : whole;
        }

        output.Text(whole);
    }

    private void End(int start, bool isWritten)
    {
        if (depth == 0)
        {
            if (!isWritten)
            {
                output.CutTo(start);
            }

            return;
        }

        ref var parent = ref frames[depth - 1];
        isWritten = parent.HasRows ? EndRow(ref parent, isWritten) : isWritten;
        if (isWritten)
        {
            parent.HasMembers = parent.IsWritten = true;
        }
        else
        {
            output.CutTo(start);
        }
    }

    private bool EndRow(ref Frame rows, bool isWritten)
    {
        var crosses = true;
        string? full = null;
        foreach (var set in rows.Node!.Rows)
        {
            ref var state = ref states[set.Id];
            crosses &= !state.IsUnclear && set.Holds(state.Members);
            full ??= set.Max > 0 && rows.Crossed >= set.Max ? set.At : null;
        }

        if (!crosses || full is not null)
        {
            if (crosses && !cut.Contains(full!))
            {
                cut.Add(full!);
            }

            counts = rows.Before with { RowsRemoved = rows.Before.RowsRemoved + 1 };
            return false;
        }

        rows.Crossed++;
        counts.RowsCrossed++;
        return isWritten;
    }

    private struct RowState
    {
        /// <summary>A bit for each compared member whose conditions are true.</summary>
        public ulong Members;

        public bool IsUnclear;
    }

    /// <summary>A value that begins.</summary>
    /// <param name="Start">The length of the output before its name and comma.</param>
    private readonly record struct Pending(ShapeNode? Node, int Start, bool IsSkipped);

    private struct Frame
    {
        public ShapeNode? Node;
        public ulong Allowed;
        public bool IsArray;
        public bool HasRows;
        public bool HasMembers;
        public bool IsWritten;
        public int Start;
        public long Crossed;
        public AnswerCounts Before;
    }
}
