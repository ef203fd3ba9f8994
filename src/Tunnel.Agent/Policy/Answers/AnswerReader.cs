using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Policy.Answers.Masks;
using Culvert.Tunnel.Agent.Policy.Approvals;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>Reads a rule's <c>answer</c>. A key that would have no effect is an error.</summary>
internal static class AnswerReader
{
    internal const int MaxRows = 32;
    internal const int MaxFields = 256;
    internal const int MaxMasks = 64;
    private const string Key = "answer";
    private const string ApprovalKey = "approve";
    private const int MaxRecords = 1_000_000;
    private static readonly string[] Types = ["image", "audio", "resource", "resource_link"];

    /// <param name="name">The name of the rule.</param>
    public static AnswerRule? Read(ConfigSection rule, string name, ClaimNames claims)
    {
        if (!rule.Has(Key))
        {
            return null;
        }

        var section = rule.Section(Key);
        var (masks, detects) = ReadMasks(section);
        var approval = ReadApproval(section, name, claims);
        var answer = new AnswerRule
        {
            Rows = ReadRows(section, claims),
            Fields = ReadFields(section),
            Masks = masks,
            Detects = detects,
            Text = section.Choice("text", "derive", "derive", "drop", "mask", "pass") switch
            {
                "drop" => AnswerText.Drop,
                "mask" => AnswerText.Mask,
                "pass" => AnswerText.Pass,
                _ => AnswerText.Derive,
            },
            Content = ReadContent(section),
            ReadsTextAsJson = section.Bool("text_as_json", false),
            DropsUnfit = section.Choice("unfit", "deny", "deny", "drop") == "drop",
            PassesErrors = section.Choice("errors", "drop", "drop", "pass") == "pass",
            PassesNotifications = section.Choice("notifications", "drop", "drop", "pass") == "pass",
            Approval = approval,
            MaxBytes = (int)section.Size("max_bytes", AnswerRule.DefaultBytes, 1 << 10, 16 << 20),
        };
        if (answer.Text == AnswerText.Mask && detects == Detectors.None)
        {
            section.Error(
                "text",
                "Nothing says what is masked in the texts.",
                "Add an entry with detect to mask, or write text: derive."
            );
        }

        if (approval is not null)
        {
            CheckApproval(section, answer, approval);
        }

        return answer;
    }

    /// <summary>An answer rule applies to calls that are allowed, and have an answer that can be judged.</summary>
    public static void Check(ConfigSection section, PolicyRule rule)
    {
        if (rule.Answer is not { } answer)
        {
            return;
        }

        if (rule.Effect == PolicyEffect.Deny)
        {
            section.Error(Key, "A call that is denied has no answer.", "Put it on the rule that allows.");
        }

        if (rule.Methods.Count > 0)
        {
            section.Error(
                Key,
                "Only the answers of tools, prompts and resources are judged.",
                "Write another rule for the methods."
            );
        }

        if (rule.Prompts.Count > 0 && answer.Text < AnswerText.Mask)
        {
            section.Error(
                Key,
                "A prompt is text, and this rule lets no text of the server cross.",
                "Write text: pass, or text: mask with detectors, in a rule for the prompts alone."
            );
        }
    }

    private static List<RowRule> ReadRows(ConfigSection section, ClaimNames claims)
    {
        var entries = section.List("rows");
        if (entries.Count > MaxRows)
        {
            section.Error("rows", $"There are more than {MaxRows} entries.", "Write another rule.");
        }

        return [.. entries.Select(entry => ReadRow(entry, claims))];
    }

    private static RowRule ReadRow(ConfigSection entry, ClaimNames claims)
    {
        var at = entry.Has("at") ? ReadPath(entry, "at", entry.String("at")) : AnswerPath.Whole;
        var members = new List<RowMember>();
        var where = entry.Has("where") ? ReadCondition(entry.Section("where"), claims, members) : null;
        if (members.Count > RowCondition.MaxMembers)
        {
            entry.Error("where", $"It compares more than {RowCondition.MaxMembers} members.", "Compare fewer.");
            where = null;
        }

        var max = entry.Has("max") ? entry.Int("max", 1, 1, MaxRecords) : 0;
        if (where is null && max == 0)
        {
            entry.Error("at", "All records cross, so that the entry has no effect.", "Write where, max or both.");
        }

        return new RowRule(at, where, max);
    }

    // A member, or lists of members; all that is written must be true.
    private static RowCondition ReadCondition(ConfigSection section, ClaimNames claims, List<RowMember> members)
    {
        var parts = new List<RowCondition>();
        foreach (var key in new[] { "all", "any" })
        {
            var list = section.List(key).Select(entry => ReadMember(entry, claims, members)).ToList();
            if (list.Count > 0)
            {
                parts.Add(key == "all" ? RowCondition.All(list) : RowCondition.Any(list));
            }
            else if (section.Has(key))
            {
                section.Error(key, "The list is empty.", "List conditions, or remove the key.");
            }
        }

        if (parts.Count == 0 || section.Has("at"))
        {
            parts.Add(ReadMember(section, claims, members));
        }

        return parts is [var only] ? only : RowCondition.All(parts);
    }

    private static RowCondition ReadMember(ConfigSection section, ClaimNames claims, List<RowMember> members)
    {
        var at = ArgumentReader.ReadPointer(section, "at");
        if (at.HasIndexes)
        {
            section.Error(
                "at",
                "An element of an array has no name that a condition could compare.",
                "Compare a member of the record."
            );
        }

        var conditions = ArgumentReader.ReadConditions(section, claims, isElement: true);
        if (conditions.Count == 0)
        {
            section.Error("at", "Nothing is compared.", "Write a condition, such as equals_claim or const.");
        }

        var member = new RowMember(Math.Min(members.Count, RowCondition.MaxMembers - 1), at, conditions);
        members.Add(member);
        return RowCondition.From(member);
    }

    private static AnswerApproval? ReadApproval(ConfigSection answer, string rule, ClaimNames claims)
    {
        if (!answer.Has(ApprovalKey))
        {
            return null;
        }

        var section = answer.Section(ApprovalKey);
        var members = new List<RowMember>();
        var when = section.Has("when") ? ReadCondition(section.Section("when"), claims, members) : null;
        if (members.Count > RowCondition.MaxMembers)
        {
            section.Error("when", $"It compares more than {RowCondition.MaxMembers} values.", "Compare fewer.");
            when = null;
        }

        return new AnswerApproval(rule, when, ApprovalReader.ReadSection(section));
    }

    // What the condition and the approver cannot see must not cross, and nothing may cross before the decision.
    private static void CheckApproval(ConfigSection answer, AnswerRule rule, AnswerApproval approval)
    {
        var section = answer.Section(ApprovalKey);
        CheckPointers(section, "when", approval.Compared, rule);
        CheckPointers(section, "show", approval.Approval.Shown, rule);
        foreach (var pointer in approval.Compared)
        {
            string[] names = [.. pointer.Names];
            if (rule.Masks.Any(mask => IsOnOnePath(mask.At.Steps, names)))
            {
                section.Error(
                    "when",
                    $"{pointer} is masked before it is compared, so that the condition may be false where it should be true.",
                    "Compare a value that is not masked, or remove when: then every finding waits."
                );
            }
        }

        if (rule.PassesNotifications)
        {
            answer.Error(
                "notifications",
                "What the server sends during the call would cross before a person has approved the answer.",
                "Remove notifications, or approve."
            );
        }
    }

    private static void CheckPointers(
        ConfigSection section,
        string key,
        IEnumerable<JsonPointer> pointers,
        AnswerRule rule
    )
    {
        foreach (var pointer in pointers)
        {
            if (rule.Text >= AnswerText.Mask)
            {
                section.Error(
                    key,
                    "The server's texts cross under this rule, and only values of the structured part can be compared or shown.",
                    $"Write text: derive, or remove {key}: without when, every finding waits."
                );
                return;
            }

            if (pointer.HasIndexes || !Crosses(rule, pointer))
            {
                section.Error(
                    key,
                    $"{pointer} does not cross, so that it is never in a finding.",
                    "Write the pointer of a value that fields lists, with * for every element of an array."
                );
            }
        }
    }

    // Whether the fields list the value, one that contains it, or one within it.
    private static bool Crosses(AnswerRule rule, JsonPointer pointer)
    {
        string[] names = [.. pointer.Names];
        foreach (var field in rule.Fields ?? [AnswerPath.Whole])
        {
            if (IsOnOnePath(field.Steps, names))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOnOnePath(IReadOnlyList<string?> steps, string[] names)
    {
        for (var i = 0; i < Math.Min(steps.Count, names.Length); i++)
        {
            if (steps[i] is { } step && names[i] != JsonPointer.Every && names[i] != step)
            {
                return false;
            }
        }

        return true;
    }

    private static List<AnswerPath>? ReadFields(ConfigSection section)
    {
        if (!section.Has("fields"))
        {
            return null;
        }

        var fields = section.Strings("fields");
        if (fields.Count is 0 or > MaxFields)
        {
            section.Error(
                "fields",
                fields.Count == 0
                    ? "The list is empty, so that nothing crosses."
                    : $"There are more than {MaxFields} fields.",
                fields.Count == 0 ? "List the values that cross." : "Name a whole object instead of its members."
            );
        }

        return [.. fields.Select(field => ReadPath(section, "fields", field))];
    }

    private static (List<AnswerMask> Masks, Detectors Detects) ReadMasks(ConfigSection section)
    {
        var (masks, detects) = (new List<AnswerMask>(), Detectors.None);
        var entries = section.List("mask");
        if (entries.Count > MaxMasks)
        {
            section.Error("mask", $"There are more than {MaxMasks} entries.", "Leave the values out of fields.");
        }

        foreach (var entry in entries)
        {
            if (entry.Has("detect"))
            {
                detects |= ReadDetectors(entry);
            }

            if (entry.Has("at") || !entry.Has("detect"))
            {
                masks.Add(
                    new AnswerMask(
                        ReadPath(entry, "at", entry.RequiredString("at")),
                        MaskForms.Find(entry.Choice("as", "text", MaskForms.Names)) ?? MaskForm.Text
                    )
                );
            }
        }

        return (masks, detects);
    }

    private static Detectors ReadDetectors(ConfigSection entry)
    {
        var kinds = Detectors.None;
        foreach (var name in entry.Strings("detect"))
        {
            kinds |= DetectedText.Find(name);
            if (DetectedText.Find(name) == Detectors.None)
            {
                entry.Error(
                    "detect",
                    $"There is no detector {name}.",
                    $"Write {string.Join(", ", DetectedText.Names)}, as a list."
                );
            }
        }

        return kinds;
    }

    private static IReadOnlyList<string> ReadContent(ConfigSection section)
    {
        var content = section.Strings("content");
        foreach (var type in content.Where(c => !Types.Contains(c, StringComparer.Ordinal) && !c.Contains('/')))
        {
            section.Error(
                "content",
                $"{type} is not a type of content.",
                "Write image, audio, resource, resource_link, or the media type of a resource in lower case, such as text/markdown."
            );
        }

        return content;
    }

    private static AnswerPath ReadPath(ConfigSection section, string key, string text)
    {
        if (AnswerPath.TryParse(text, out var path))
        {
            return path;
        }

        if (text.Length > 0 || section.Has(key))
        {
            section.Error(
                key,
                "This is not the JSON pointer of a value in an answer (RFC 6901).",
                "Write /name, /outer/inner, or /list/*/name for a member of every element; ~1 for a slash in a name, ~0 for a tilde."
            );
        }

        return AnswerPath.Whole;
    }
}
