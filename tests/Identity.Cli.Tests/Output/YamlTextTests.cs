using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Output;
using Culvert.PropertyTesting;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using YamlDotNet.RepresentationModel;

namespace Culvert.Identity.Cli.Tests.Output;

public sealed class YamlTextTests
{
    [Fact]
    public void Of_WireObject_IsReadableBlockStyle()
    {
        var json = JsonNode.Parse(
            """
            {"id":"tnl_01","pem":"-----BEGIN X-----\nAA==\n-----END X-----\n","count":12,"on":true,"none":null,"list":[],
             "object":{},"ranges":["10.0.0.0/8","yes"],"nested":[{"a":"b: c"}],"epoch":"12"}
            """
        );

        YamlText
            .Format((JsonObject)json!)
            .ShouldBe(
                """
                id: tnl_01
                pem: |
                  -----BEGIN X-----
                  AA==
                  -----END X-----
                count: 12
                "on": true
                none: null
                list: []
                object: {}
                ranges:
                  - "10.0.0.0/8"
                  - "yes"
                nested:
                  -
                    a: "b: c"
                epoch: "12"

                """
            );
    }

    [Fact]
    public void Of_AnyString_IsReadBackByAnotherParser() =>
        Prop.ForAll(
                ArbMap.Default.ArbFor<NonNull<string>>(),
                text =>
                {
                    var value = new string(text.Get.Where(c => !char.IsSurrogate(c)).ToArray());
                    var yaml = YamlText.Format(new JsonObject { ["k"] = value, ["l"] = new JsonArray(value + "\n") });
                    var stream = new YamlStream();
                    stream.Load(new StringReader(yaml));
                    var root = (YamlMappingNode)stream.Documents[0].RootNode;
                    return ((YamlScalarNode)root["k"]).Value == value
                        && ((YamlScalarNode)root["l"][0]).Value == value + "\n";
                }
            )
            .CheckSeeded();
}
