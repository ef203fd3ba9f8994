using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Tests.Schemas;

namespace Culvert.Tunnel.Agent.Tests.Pins;

/// <summary>Random changes to a schema in place.</summary>
internal sealed class RandomChanges(Random random, int dialect)
{
    private static readonly string[] Maps =
    [
        "properties",
        "patternProperties",
        "dependentSchemas",
        "$defs",
        "definitions",
    ];

    private static readonly string[] Names = ["a", "b", "ab", "x-1"];

    /// <summary>Changes one keyword or one entry anywhere in the schema.</summary>
    public void Apply(JsonObject schema)
    {
        var places = new List<(JsonNode Node, string Keyword)>();
        Collect(schema, "", places);
        var (node, keyword) = places[random.Next(places.Count)];
        if (node is JsonArray list)
        {
            ChangeList(list, keyword);
        }
        else if (Maps.Contains(keyword))
        {
            ChangeMap((JsonObject)node);
        }
        else
        {
            ChangeSchema((JsonObject)node);
        }
    }

    /// <summary>Replaces one text of the value, or the name of a property, by another; false: there is none.</summary>
    public bool ApplyToText(JsonNode value, string text)
    {
        var texts = new List<Action>();
        CollectTexts(value, "", text, texts);
        if (texts.Count == 0)
        {
            return false;
        }

        texts[random.Next(texts.Count)]();
        return true;
    }

    /// <summary>Adds descriptions to about half of the schemas.</summary>
    public void Describe(JsonObject schema)
    {
        var places = new List<(JsonNode Node, string Keyword)>();
        Collect(schema, "", places);
        foreach (var (node, keyword) in places)
        {
            if (node is JsonObject one && !Maps.Contains(keyword) && random.Next(2) == 0)
            {
                one["description"] = $"Text {random.Next(3)}.";
            }
        }
    }

    // Not what is inside a constant: it has no keywords.
    private static void Collect(JsonNode node, string keyword, List<(JsonNode Node, string Keyword)> places)
    {
        if (keyword is "const" or "dependentRequired")
        {
            return;
        }

        switch (node)
        {
            case JsonArray list:
                places.Add((list, keyword));
                if (keyword != "enum")
                {
                    foreach (var entry in list.OfType<JsonNode>())
                    {
                        Collect(entry, "", places);
                    }
                }

                break;
            case JsonObject members:
                places.Add((members, keyword));
                foreach (var (name, value) in members)
                {
                    if (value is not null)
                    {
                        Collect(value, Maps.Contains(keyword) ? "" : name, places);
                    }
                }

                break;
        }
    }

    private static void CollectTexts(JsonNode value, string keyword, string text, List<Action> texts)
    {
        switch (value)
        {
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    var at = i;
                    Add(list[i], () => list[at] = text, "");
                }

                break;
            case JsonObject members:
                foreach (var (name, member) in members.ToList())
                {
                    Add(member, () => members[name] = text, name);
                    if (Maps.Contains(keyword))
                    {
                        texts.Add(() =>
                        {
                            members.Remove(name);
                            members[text] = member;
                        });
                    }
                }

                break;
        }

        void Add(JsonNode? child, Action replace, string name)
        {
            if (child is JsonValue leaf && leaf.TryGetValue<string>(out _))
            {
                texts.Add(replace);
            }
            else if (child is not null)
            {
                CollectTexts(child, Maps.Contains(keyword) ? "" : name, text, texts);
            }
        }
    }

    private void ChangeSchema(JsonObject schema)
    {
        var keywords = schema.Select(m => m.Key).Where(k => k != "$schema").ToList();
        var numbers = keywords.Where(k => schema[k] is JsonValue v && v.TryGetValue<int>(out _)).ToList();
        switch (random.Next(4))
        {
            case 0 when keywords.Count > 0:
                schema.Remove(keywords[random.Next(keywords.Count)]);
                break;
            case 1 or 2 when numbers.Count > 0:
                var number = numbers[random.Next(numbers.Count)];
                schema[number] = schema[number]!.GetValue<int>() + (random.Next(2) == 0 ? 1 : -1);
                break;
            default:
                RandomSchemas.AddKeyword(schema, random, dialect, 1);
                break;
        }
    }

    private void ChangeMap(JsonObject map)
    {
        if (map.Count > 0 && random.Next(2) == 0)
        {
            map.Remove(map.ElementAt(random.Next(map.Count)).Key);
        }
        else
        {
            map[Names[random.Next(Names.Length)]] = RandomSchemas.Create(random, dialect, depth: 1);
        }
    }

    private void ChangeList(JsonArray list, string keyword)
    {
        if (list.Count > 1 && random.Next(2) == 0)
        {
            list.RemoveAt(random.Next(list.Count));
            return;
        }

        list.Insert(
            random.Next(list.Count + 1),
            keyword switch
            {
                "enum" => RandomSchemas.CreateValue(random, 1),
                "required" => JsonValue.Create(Names[random.Next(Names.Length)]),
                "type" => JsonValue.Create(random.Next(2) == 0 ? "string" : "integer"),
                _ => RandomSchemas.Create(random, dialect, depth: 1),
            }
        );
    }
}
