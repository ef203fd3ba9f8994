using System.Reflection;
using System.Text;
using Culvert.Identity.Service.Events;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Events;

/// <summary>
/// The bytes of every audit event, as audit-events.jsonl has them. Other programs read them, so a member keeps its name,
/// its form and its place.
/// </summary>
public sealed class AuditEventTests
{
    private const string Golden = "tests/Identity.Service.Tests/Events/audit-events.jsonl";

    [Fact]
    public void Encode_EveryEvent_IsByteForByteAsRecorded() =>
        string.Concat(AuditSamples.All().Select(sample => Encode(sample) + "\n"))
            .ShouldBe(File.ReadAllText(CheckoutFolder.GetPath(Golden)));

    [Fact]
    public void EveryEventName_HasASample() =>
        typeof(AuditEvents)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Except(AuditSamples.All().Select(sample => sample.Name))
            .ShouldBeEmpty();

    private static string Encode(AuditEvent sample)
    {
        var body = sample.Encode();
        var text = Encoding.UTF8.GetString(body.Memory.Span);
        body.Return();
        return text;
    }
}
