using System.Text;
using Culvert.Jose.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Culvert.Platform.Configuration;

/// <summary>
/// Turns a YAML file into nodes. Only mappings with plain keys, sequences and scalars are accepted. Anchors, aliases,
/// tags and a second document are errors, because each can make a file mean something other than what it shows.
/// </summary>
internal sealed class YamlReader
{
    public const int MaxBytes = 1024 * 1024;

    private const int MaxDepth = 32;

    private readonly Parser parser;
    private readonly Action<int, string, string, string> report;

    private YamlReader(string text, Action<int, string, string, string> report)
    {
        parser = new Parser(new StringReader(text));
        this.report = report;
    }

    /// <summary>Reads a file's bytes; the root is empty when the file is empty or cannot be parsed.</summary>
    public static MappingNode Read(byte[] bytes, Action<int, string, string, string> report)
    {
        if (bytes.Length > MaxBytes)
        {
            report(1, "", $"The file has more than {MaxBytes} bytes.", "Remove what it does not need.");
            return MappingNode.Empty;
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(
                bytes.AsSpan(Utf8Text.FindStart(bytes))
            );
            return new YamlReader(text, report).ReadDocument();
        }
        catch (DecoderFallbackException)
        {
            report(1, "", "The file is not UTF-8.", "Save it as UTF-8.");
        }
        catch (YamlException e)
        {
            report((int)e.Start.Line, "", $"This is not valid YAML: {OneLine(e.Message)}", "Correct the syntax.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            // The parser throws other exception types for a few malformed inputs; an invalid file must never cause a crash.
            report(1, "", "This is not valid YAML.", "Correct the syntax.");
        }

        return MappingNode.Empty;
    }

    private MappingNode ReadDocument()
    {
        Expect<StreamStart>();
        if (parser.Current is StreamEnd)
        {
            return MappingNode.Empty;
        }

        Expect<DocumentStart>();
        var root = ReadNode("", depth: 0);
        Expect<DocumentEnd>();
        if (parser.Current is DocumentStart second)
        {
            report(Line(second), "", "A second document begins.", "Write one document per file.");
        }

        switch (root)
        {
            case MappingNode mapping:
                return mapping;
            case ScalarNode { IsNull: true }:
                return MappingNode.Empty;
            default:
                report(root.Line, "", "The file is not a mapping of keys to values.", "Write `key: value` lines.");
                return MappingNode.Empty;
        }
    }

    private ConfigNode ReadNode(string path, int depth)
    {
        var current = parser.Current;
        if (depth > MaxDepth)
        {
            throw new YamlException(current!.Start, current.End, $"nested deeper than {MaxDepth} levels");
        }

        switch (current)
        {
            case AnchorAlias alias:
                Advance();
                report(Line(alias), path, "Aliases are not supported.", "Write the value out.");
                return new ScalarNode(Line(alias), "", IsPlain: false);
            case Scalar scalar:
                Advance();
                RefuseDecoration(scalar, path);
                return new ScalarNode(Line(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
            case SequenceStart start:
                Advance();
                RefuseDecoration(start, path);
                return ReadSequence(start, path, depth);
            case MappingStart start:
                Advance();
                RefuseDecoration(start, path);
                return ReadMapping(start, path, depth);
            default:
                throw new YamlException("unexpected end");
        }
    }

    private SequenceNode ReadSequence(SequenceStart start, string path, int depth)
    {
        var items = new List<ConfigNode>();
        while (parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode($"{path}[{items.Count}]", depth + 1));
        }

        Advance();
        return new SequenceNode(Line(start), items);
    }

    private MappingNode ReadMapping(MappingStart start, string path, int depth)
    {
        var entries = new Dictionary<string, (int, ConfigNode)>(StringComparer.Ordinal);
        while (parser.Current is not MappingEnd)
        {
            var keyLine = Line(parser.Current!);
            if (ReadNode(path, depth + 1) is not ScalarNode { Text: var key })
            {
                report(keyLine, path, "A key is not plain text.", "Write `key: value`.");
                ReadNode(path, depth + 1);
                continue;
            }

            var keyPath = path.Length == 0 ? key : $"{path}.{key}";
            var value = ReadNode(keyPath, depth + 1);
            if (!entries.TryAdd(key, (keyLine, value)))
            {
                var first = entries[key].Item1;
                report(
                    keyLine,
                    keyPath,
                    $"This key is repeated; it is first set in line {first}.",
                    "Remove one of the two."
                );
            }
        }

        Advance();
        return new MappingNode(Line(start), entries);
    }

    private void RefuseDecoration(NodeEvent node, string path)
    {
        if (!node.Anchor.IsEmpty)
        {
            report(Line(node), path, "Anchors are not supported.", "Write the value out where it is needed.");
        }

        // The parser gives quoted scalars the non-specific tag "!", which carries no information.
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
        {
            report(Line(node), path, "Tags are not supported.", "Remove the tag; quote text that looks like a number.");
        }
    }

    private void Expect<T>()
        where T : ParsingEvent
    {
        // The parser must be advanced to its first event.
        if (parser.Current is null)
        {
            Advance();
        }

        if (parser.Current is not T)
        {
            throw new YamlException("unexpected content");
        }

        Advance();
    }

    private void Advance()
    {
        do
        {
            if (!parser.MoveNext())
            {
                return;
            }
        } while (parser.Current is Comment);
    }

    private static int Line(ParsingEvent e) => (int)e.Start.Line;

    private static string OneLine(string message)
    {
        // "(Line: 3, Col: 1, Idx: 20) - (Line: …): text": the position is reported separately.
        var text = message[(message.LastIndexOf("): ", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..];
        return text.ReplaceLineEndings(" ").TrimEnd('.') + ".";
    }
}
