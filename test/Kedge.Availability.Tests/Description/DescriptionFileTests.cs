using Kedge.Availability.Description;

namespace Kedge.Availability.Tests.Description;

public sealed class DescriptionFileTests
{
    [Fact]
    public void What_the_format_shows_can_be_read()
    {
        var page = File.ReadAllText(Path.Combine(Files.Repository, "docs/formats/ha.md"));
        var shown = page.Split("```")[1]["yaml\n".Length..];

        var description = Files.Read(shown);

        Assert.Equal(["keystone", "nova-conductor", "nova-scheduler", "nova-api", "cinder-volume", "cinder-backup"], description.Services.Select(service => service.Name));
        Assert.Equal(TimeSpan.FromSeconds(5), description.Services[3].Monitor);
        Assert.Equal([("n1", "7"), ("n2", "8"), ("n3", "9")], description.Fencing[2].Fences.Select(fenced => (fenced.Node, fenced.Plug!)));
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once_each_with_its_line()
    {
        var problems = ProblemsIn("""
            cluster: cloud1
            profile: classical
            controllers: [n1, n2]
            colour: blue
            services:
            - name: keystone
              on: [n9]
            - name: keystone
            - name: nova-api
              monitor: soon
              after: [keystne]
            fencing:
            - name: ipmi
              agent: fence_ipmilan
              fences: [n1]
              level: 10
            """);

        Assert.Equal(
            [
                "2 profile", "4 colour", "7 services[0] (keystone).on", "8 services[1] (keystone).name", "10 services[2] (nova-api).monitor",
                "11 services[2] (nova-api).after", "12 fencing", "16 fencing[0] (ipmi).level",
            ],
            problems.Select(problem => $"{problem.Line} {problem.Where}"));
        Assert.All(problems, problem => Assert.NotEmpty(problem.WhatToDo));
    }

    [Theory]
    [InlineData("services: [{name: a, agent: 'systemd:a', after: [b]}, {name: b, agent: 'systemd:b', after: [c]}, {name: c, agent: 'systemd:c', after: [a]}]", "goes round in a circle: a starts after b starts after c starts after a")]
    [InlineData("services: [{name: a, agent: 'systemd:a', runs: once, with: [b]}, {name: b, agent: 'systemd:b', runs: once, with: [a]}]", "goes round in a circle")]
    [InlineData("services: [{name: a, agent: 'systemd:a', after: [a]}]", "names a itself")]
    [InlineData("services: [{name: a, agent: 'systemd:a', runs: once, on: [n1], with: [b]}, {name: b, agent: 'systemd:b', runs: once, on: [n2]}]", "no controller is left")]
    [InlineData("services: [{name: a, agent: 'systemd:a', runs: once, with: [b], apart: [b]}, {name: b, agent: 'systemd:b', runs: once}]", "are to be apart, but both go with")]
    [InlineData("services: [{name: a, agent: 'systemd:a', apart: [b]}, {name: b, agent: 'systemd:b', runs: once}]", "a runs everywhere, so nothing is apart from it")]
    [InlineData("services: [{name: a, agent: 'systemd:a', runs: once, apart: [b, c]}, {name: b, agent: 'systemd:b', runs: once, apart: [c]}, {name: c, agent: 'systemd:c', runs: once}]", "cannot all run")]
    [InlineData("services: [{name: mystery}]", "Kedge does not know a service mystery")]
    [InlineData("services: [{name: keystone, agent: 'lsb:keystone'}]", "cannot be 'lsb:keystone'")]
    [InlineData("services: [{name: Keystone, agent: 'systemd:k'}]", "cannot be 'Keystone'")]
    [InlineData("services: [{name: keystone, ip: api}]", "there is no virtual IP api")]
    [InlineData("services: [{name: keystone, kept: systemd, runs: once}]", "is no resource")]
    [InlineData("services: keystone", "takes a list")]
    [InlineData("services: [keystone]", "takes fields of its own")]
    [InlineData("virtualIps: [{name: a, address: 10.0.0.1}, {name: b, address: 10.0.0.1}]", "is already that of a")]
    [InlineData("virtualIps: [{name: a, address: here}]", "is not an IP address")]
    [InlineData("properties: {stonith-enabled: 'false'}", "does not switch it off")]
    [InlineData("properties: {no-quorum-policy: ignore}", "both halves of a split cluster")]
    [InlineData("fencing: [{name: f, agent: fence_x, fences: [n1, n2], level: 2}]", "none of level 1")]
    [InlineData("fencing: [{name: f, agent: fence_x, fences: [n1]}]", "no device fences n2")]
    [InlineData("release: nextyear", "'nextyear' is not known")]
    [InlineData("services: [{name: a", "is not YAML")]
    [InlineData("cluster: twice", "is not YAML")]
    public void What_cannot_be_is_told(string text, string told)
    {
        var problems = ProblemsIn($"cluster: cloud1\nprofile: classic\ncontrollers: [n1, n2]\n{text}\n");

        Assert.Contains(problems, problem => $"{problem.What} {problem.WhatToDo}".Contains(told, StringComparison.Ordinal) && problem.Line is 1 or 4 or 5);
    }

    [Fact]
    public void The_paper_profile_is_not_bent()
    {
        var problems = ProblemsIn($"{Files.Paper}services:\n- name: nova-api\n  monitor: 1s\n");

        Assert.Equal(["6 services[0] (nova-api).monitor"], problems.Select(problem => $"{problem.Line} {problem.Where}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("just words")]
    [InlineData("- a\n- b")]
    [InlineData("\0\u0001\u0002")]
    [InlineData("a: &a [*a]")]
    [InlineData("? [x]\n: y")]
    public void Rubbish_is_refused_in_words(string text) => Assert.NotEmpty(ProblemsIn(text));

    static IReadOnlyList<Problem> ProblemsIn(string text) => Assert.Throws<DescriptionException>(() => Files.Read(text)).Problems;
}
